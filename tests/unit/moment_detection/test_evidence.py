"""Evidence: people are counted, small groups' words stay theirs, deletions do not count."""

from contracts.moments import WORD_MAX_CHARACTERS, WORD_MIN_CHATTERS
from moment_detection.detection.channel_events import FIELD, PIECE, ChannelEvent
from moment_detection.evidence.evidence import CrowdEvidence, count_evidence
from moment_detection.evidence.second_text import SECTION, second_text

KAPPA = '[{"provider":"twitch","id":"25","start":0,"end":4}]'


def piece(chatter: str, text: str, message_id: str = "aaaaaaaa", emotes: str = "[]") -> str:
    return FIELD.join((chatter, message_id, emotes, text))


def pieces(*parts: str) -> str:
    return PIECE.join(parts)


def crowd_writes(word: str, people: int) -> str:
    return pieces(*(piece(f"c{n}", word) for n in range(people)))


def control(event: str, subject: str = "") -> str:
    return FIELD.join(("1", "notice", event, subject, "0", "0"))


def count(*texts: tuple[int, str], window: range = range(1, 2), until: int = 1) -> CrowdEvidence:
    return count_evidence(texts, channel_id="7", window=window, until=until)


def words(crowd: CrowdEvidence) -> list[str]:
    return [each.word for each in crowd.words]


def test_a_word_needs_five_people() -> None:
    assert WORD_MIN_CHATTERS == 5
    assert words(count((1, crowd_writes("wow", 4)))) == []
    five = count((1, crowd_writes("Wow!", 5))).words
    assert [(each.word, each.uses, each.chatters) for each in five] == [("Wow", 5, 5)]


def test_one_person_many_times_is_one_person() -> None:
    assert words(count((1, pieces(*[piece("a", "spam spam")] * 9)))) == []


def test_mentions_links_and_long_words_are_left_out() -> None:
    for word in ("@someone", "https://x.y/z", "www.example", "example.com/x", "a" * (WORD_MAX_CHARACTERS + 1)):
        assert words(count((1, crowd_writes(word, 9)))) == []
    assert words(count((1, crowd_writes("a" * WORD_MAX_CHARACTERS, 9)))) == ["a" * 25]


def test_emotes_count_uses_and_people_and_are_no_words() -> None:
    text = pieces(*(piece(f"c{n % 6}", "Kappa nice", emotes=KAPPA) for n in range(12)))
    crowd = count((1, text))
    assert [(e.provider, e.id, e.name, e.uses, e.chatters) for e in crowd.emotes] == [("twitch", "25", "Kappa", 12, 6)]
    assert words(crowd) == ["nice"]


def test_broken_emotes_leave_the_message_in() -> None:
    crowd = count((1, pieces(piece("a", "hi", emotes="[{]"), "torn")))
    assert (crowd.chatters, crowd.emotes) == (1, [])


def test_people_are_counted_in_the_peak_window_only() -> None:
    texts = [(1, crowd_writes("early", 3)), (2, crowd_writes("wow", 7)), (3, crowd_writes("late", 9))]
    crowd = count(*texts, window=range(2, 3), until=2)
    assert crowd.chatters == 7
    assert words(crowd) == ["wow"]


def test_a_deleted_message_does_not_count() -> None:
    written = pieces(*(piece(f"c{n}", "bad", message_id=f"id{n:06}") for n in range(5)))
    crowd = count((1, written), (4, SECTION + control("message_deleted", "id000003")), until=2)
    assert words(crowd) == []
    assert crowd.chatters == 4


def test_clearing_removes_what_was_written_up_to_then() -> None:
    written = [(1, crowd_writes("bad", 6)), (5, crowd_writes("good", 6))]
    one = count(*written, (3, SECTION + control("chatter_cleared", "c0")), window=range(1, 6), until=5)
    assert {(each.word, each.chatters) for each in one.words} == {("bad", 5), ("good", 6)}
    everybody = count(*written, (3, SECTION + control("chat_cleared")), window=range(1, 6), until=5)
    assert words(everybody) == ["good"]


def test_a_second_keeps_deletions_only() -> None:
    raid = ChannelEvent(1, "notice", "raid")
    deletion = ChannelEvent(1, "notice", "message_deleted", "aaaaaaaa")
    assert second_text("written", [raid], "raw") == "written"
    assert second_text("written", [deletion], "raw") == "written" + SECTION + "raw"
    assert second_text(None, [], None) == ""


def test_a_recount_of_the_same_messages_reuses_the_counts() -> None:
    texts = [(1, crowd_writes("wow", 7)), (2, crowd_writes("late", 9))]
    first = count_evidence(texts, channel_id="7", window=range(1, 2), until=1)
    again = count_evidence(texts, channel_id="7", window=range(1, 3), until=1, previous=first)
    assert again.words is first.words
    assert again.chatters == 9
    longer = count_evidence(texts, channel_id="7", window=range(1, 3), until=2, previous=first)
    assert words(longer) == ["late", "wow"]
