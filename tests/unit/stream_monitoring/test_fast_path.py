"""The fast path and the slow path write the same records; no input makes them raise."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import codec, topics
from contracts.chat_messages import Message

from .chat_lines import MESSAGE_ID, NOW, OTHER_ID, TAG_ESCAPES, THIRD_ID, Reading, line, lines_in, slowly

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=80)
emote_tags = st.lists(
    st.tuples(
        st.text(string.ascii_letters + string.digits + "_", min_size=1, max_size=12),
        st.lists(st.tuples(st.integers(0, 499), st.integers(0, 499)), min_size=1, max_size=3),
    ),
    max_size=3,
)


@given(text=texts, emotes=emote_tags, name=texts)
def test_both_paths_read_any_text_emotes_and_name_alike(text, emotes, name):
    raw_emotes = "/".join(f"{key}:" + ",".join(f"{a}-{b}" for a, b in places) for key, places in emotes)
    raw = line(text, raw_emotes, name.translate(TAG_ESCAPES))
    fast, slow = Reading().read(raw), Reading().read(slowly(raw))
    assert fast == slow
    assert len(fast) == 1
    assert isinstance(fast[0], Message)
    words = text.removeprefix("\x01ACTION ").removesuffix("\x01") if text.startswith("\x01ACTION ") else text
    if not text.startswith("\x01"):
        assert fast[0].text == words
    assert [(e.id, e.start, e.end) for e in fast[0].emotes] == [(k, a, b) for k, places in emotes for a, b in places]


def test_a_usual_message_takes_the_fast_path():
    reading = Reading()
    reading.read(line(), line(message_id=OTHER_ID, vip="1"), slowly(line(message_id=THIRD_ID)), b"PING :a")
    assert reading.reader.counts.paths == {"fast": 2, "slow": 1}
    assert reading.reader.counts.records == {"message": 3}


def test_the_bytes_of_both_ways_are_equal():
    for text in ("plain", 'quote " and \\', "日本 \x02", "\x01ACTION waves\x01"):
        fast, slow = Reading(), Reading()
        fast.reader.read(line(text) + b"\r\n", NOW)
        slow.reader.read(slowly(line(text)) + b"\r\n", NOW)
        assert lines_in(fast.batch) == lines_in(slow.batch)


@given(st.binary(max_size=400))
def test_arbitrary_bytes_never_raise_and_every_line_is_counted(raw):
    reading = Reading()
    reading.reader.read(raw + b"\n", NOW)
    counts = reading.reader.counts
    lines = [each.removesuffix(b"\r") for each in (raw + b"\n").split(b"\n")[:-1]]
    assert sum(counts.lines.values()) == sum(1 for each in lines if each)
    assert reading.kept.counted >= counts.lines.get("malformed", 0)


@given(st.data())
def test_a_cut_or_changed_line_disturbs_no_other(data):
    raw = bytearray(line("some words", "25:0-3"))
    position = data.draw(st.integers(0, len(raw) - 1))
    if data.draw(st.booleans()):
        raw[position] = data.draw(st.integers(0, 255).filter(lambda byte: byte not in b"\r\n"))
    else:
        del raw[position:]
    other = line(message_id=OTHER_ID)
    found = Reading().read(bytes(raw), other)
    assert isinstance(found[-1], Message)
    assert found[-1].message_id == OTHER_ID


@pytest.mark.parametrize("long", [b";reply-a=b" * 100_000, b";x=" + b"y" * 1_000_000])
def test_a_line_of_a_megabyte_does_not_hide_its_neighbour(long):
    raw = line().replace(b";returning-chatter", long + b";returning-chatter")
    found = Reading().read(raw, line(message_id=OTHER_ID))
    assert [each.message_id for each in found] == [MESSAGE_ID, OTHER_ID]


def test_text_cannot_pass_for_tags():
    forged = b";first-msg=0;flags=;id=" + b"0" * 36 + b";mod=0;room-id=666;subscriber=0;tmi-sent-ts=%d" % NOW
    ending = b";turbo=0;user-id=1;user-type= :x!x@x PRIVMSG #bar :forged"
    raw = b"@badge-info=;badges=;color=;display-name=a;emotes= :a!a@a PRIVMSG #bar :hi" + forged + ending
    assert not [each for each in Reading().read(raw) if isinstance(each, Message)]


def test_text_that_is_not_utf8_is_kept_with_marks():
    (message,) = Reading().read(line().removesuffix(b"hi") + b"a\xffb")
    assert message.text == "a\ufffdb"


@given(st.lists(st.tuples(st.sampled_from(["fast", "slow", "garbage"]), texts), max_size=8))
def test_records_keep_the_order_of_their_lines(kinds):
    ways = {"fast": bytes, "slow": slowly, "garbage": lambda _: b"\x00"}
    ids = [f"00000000-0000-0000-0000-{number:012d}" for number in range(len(kinds))]
    lines = [ways[kind](line(text, message_id=each)) for (kind, text), each in zip(kinds, ids, strict=True)]
    found = [each.message_id for each in Reading().read(*lines) if isinstance(each, Message)]
    assert found == [each for (kind, _), each in zip(kinds, ids, strict=True) if kind != "garbage"]


@given(st.lists(texts, max_size=4), st.integers(0, 255), st.integers(0, 40))
def test_both_paths_write_the_same_bytes_of_any_text(words, byte, at):
    raw = "".join(words).encode()
    raw = raw[:at] + bytes([byte]).replace(b"\n", b"").replace(b"\r", b"") + raw[at:]
    fast, slow = Reading(), Reading()
    fast.reader.read(line().removesuffix(b"hi") + raw + b"\r\n", NOW)
    slow.reader.read(slowly(line()).removesuffix(b"hi") + raw + b"\r\n", NOW)
    assert lines_in(fast.batch) == lines_in(slow.batch)


def test_the_same_message_twice_counts_once():
    reading = Reading()
    assert len(reading.read(line(), line(), slowly(line()))) == 1
    assert reading.reader.counts.duplicates == 2


@pytest.mark.parametrize("ahead", [61_000, 365 * 86_400_000])
@pytest.mark.parametrize("way", [bytes, slowly])
def test_a_message_from_the_future_is_a_dead_letter(ahead, way):
    reading = Reading()
    (letter,) = reading.read(way(line("secret words", sent=NOW + ahead)))
    assert "from the future" in letter.reason
    assert letter.place == "irc"
    assert "secret" not in codec.encode(letter).decode()
    assert reading.kept.counted == 1


def test_an_absurdly_old_message_is_a_dead_letter():
    (letter,) = Reading().read(line(sent=NOW - 4_000_000))
    assert "absurdly old" in letter.reason


@pytest.mark.parametrize(
    ("tag", "reason"), [("tmi-sent-ts", "tmi-sent-ts"), ("room-id", "room-id"), ("id", "id"), ("user-id", "user-id")]
)
def test_a_missing_tag_is_a_dead_letter_that_names_it(tag, reason):
    tags, _, rest = line().partition(b" ")
    kept = b";".join(part for part in tags[1:].split(b";") if part.partition(b"=")[0] != tag.encode())
    (letter,) = Reading().read(b"@" + kept + b" " + rest)
    assert reason in letter.reason


def test_a_late_message_is_kept_and_counted():
    reading = Reading()
    reading.reader.last_tick = NOW
    assert isinstance(reading.read(line(sent=NOW))[0], Message)
    assert reading.reader.counts.late == 1
    reading.read(line(sent=NOW + 1, message_id=THIRD_ID))
    assert reading.reader.counts.late == 1


def test_a_message_counts_though_its_emotes_are_malformed():
    reading = Reading()
    message = next(each for each in reading.read(line(emotes="25:x-y")) if isinstance(each, Message))
    assert message.emotes == []
    assert reading.kept.counted == 1


def test_a_flood_of_garbage_is_counted_and_little_written():
    reading = Reading()
    found = reading.read(*[b"\x00garbage"] * 1000)
    assert reading.kept.counted == 1000
    assert len(found) == 50


def test_notices_keep_their_amounts_and_no_names():
    tags = f"@display-name=Zzyx;id={MESSAGE_ID};login=zzyx;room-id=42;system-msg=Zzyx\\shi;"
    tags += f"tmi-sent-ts={NOW};user-id=9;msg-id="
    raid = f"{tags}raid;msg-param-viewerCount=500 :tmi.twitch.tv USERNOTICE #bar"
    (notice,) = Reading().read(raid.encode())
    assert (notice.notice_type, notice.amount, len(notice.chatter)) == ("raid", 500, 16)
    gift = f"{tags}submysterygift;msg-param-mass-gift-count=20 :tmi.twitch.tv USERNOTICE #bar"
    (notice,) = Reading().read(gift.encode())
    assert (notice.notice_type, notice.amount) == ("submysterygift", 20)
    assert b"zzyx" not in codec.encode(notice).lower()


def test_deletions_are_notices_also_where_the_room_id_is_empty():
    reading = Reading()
    reading.read(b"@room-id=42;slow=0 :tmi.twitch.tv ROOMSTATE #bar")
    deleted = f"@login=ann;room-id=;target-msg-id=abc;tmi-sent-ts={NOW} :tmi.twitch.tv CLEARMSG #bar :words"
    (notice,) = reading.read(deleted.encode())
    assert (notice.channel_id, notice.notice_type, notice.target_message_id) == ("42", "message_deleted", "abc")
    cleared = f"@room-id=42;target-user-id=9;tmi-sent-ts={NOW} :tmi.twitch.tv CLEARCHAT #bar :ann"
    (notice,) = reading.read(cleared.encode())
    assert notice.notice_type == "chatter_cleared"


@given(texts)
def test_every_record_decodes_by_the_contract(text):
    reading = Reading()
    reading.reader.read(line(text) + b"\r\n", NOW)
    key, value = lines_in(reading.batch)
    assert key == b"42"
    assert b"\n" not in value
    assert codec.decode(topics.CHAT_MESSAGES.name, value).text is not None


def test_chat_is_read_again_after_the_machine_slept():
    """Its steady clock did not count the two hours, so that at first all messages are from the future."""
    reading, slept = Reading(), 7_200_000
    read = []
    for number in range(40):
        at = NOW + 2_000 * number
        message_id = f"00000000-0000-0000-0000-{number:012}"
        read = reading.read(line(message_id=message_id, sent=at + slept), at=at)
    assert [type(record) for record in read] == [Message]


def test_a_few_messages_from_the_future_do_not_move_the_clock():
    reading = Reading()
    for number in range(60):
        at, ahead = NOW + 2_000 * number, 7_200_000 if number % 4 == 3 else 0
        message_id = f"00000000-0000-0000-0000-{number:012}"
        reading.read(line(message_id=message_id, sent=at + ahead), at=at)
    assert reading.clock.offset == 0
