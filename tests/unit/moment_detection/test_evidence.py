"""Evidence: people are counted, small groups' words stay theirs, deletions do not count."""

from moment_detection.detection.channel_events import FIELD, PIECE, ChannelEvent
from moment_detection.evidence.evidence import SECTION, count_chatters, count_crowd, second_text

KAPPA = '[{"provider":"twitch","id":"25","start":0,"end":4}]'


def piece(chatter: str, text: str, message_id: str = "aaaaaaaa", emotes: str = "[]") -> str:
    return FIELD.join((chatter, message_id, emotes, text))


def pieces(*parts: str) -> str:
    return PIECE.join(parts)


def crowd_says(word: str, people: int) -> str:
    return pieces(*(piece(f"c{n}", word) for n in range(people)))


def control(event: str, subject: str = "") -> str:
    return FIELD.join(("1", "notice", event, subject, "0", "0"))


def test_messages_and_chatters_of_a_second() -> None:
    assert count_chatters(pieces(piece("a", "x"), piece("a", "y"), piece("b", "z"))) == (3, 2)
    assert count_chatters(None) == count_chatters("") == (0, 0)


def test_a_word_needs_five_people() -> None:
    assert count_crowd([(1, crowd_says("wow", 4))], range(1, 2), 1).words == []
    five = count_crowd([(1, crowd_says("Wow!", 5))], range(1, 2), 1).words
    assert [(w.word, w.uses, w.chatters) for w in five] == [("wow", 5, 5)]


def test_one_person_many_times_is_one_person() -> None:
    assert count_crowd([(1, pieces(*[piece("a", "spam spam")] * 9))], range(1, 2), 1).words == []


def test_mentions_links_and_long_words_are_left_out() -> None:
    for word in ("@someone", "https://x.y/z", "www.example", "example.com/x", "a" * 26):
        assert count_crowd([(1, crowd_says(word, 9))], range(1, 2), 1).words == []
    assert count_crowd([(1, crowd_says("a" * 25, 9))], range(1, 2), 1).words != []


def test_emotes_are_counted_by_uses_and_people_and_are_no_words() -> None:
    text = pieces(*(piece(f"c{n % 6}", "Kappa nice", emotes=KAPPA) for n in range(12)))
    crowd = count_crowd([(1, text)], range(1, 2), 1)
    assert [(e.provider, e.id, e.name, e.uses, e.chatters) for e in crowd.emotes] == [("twitch", "25", "Kappa", 12, 6)]
    assert [w.word for w in crowd.words] == ["nice"]


def test_broken_emotes_leave_the_message_in() -> None:
    crowd = count_crowd([(1, pieces(piece("a", "hi", emotes="[{]"), "torn"))], range(1, 2), 1)
    assert (crowd.chatters, crowd.emotes) == (1, [])


def test_people_are_counted_in_the_peak_window_only() -> None:
    texts = [(1, crowd_says("early", 3)), (2, crowd_says("wow", 7)), (3, crowd_says("late", 9))]
    crowd = count_crowd(texts, range(2, 3), 2)
    assert crowd.chatters == 7
    assert [w.word for w in crowd.words] == ["wow"]


def test_a_deleted_message_does_not_count() -> None:
    said = pieces(*(piece(f"c{n}", "bad", message_id=f"id{n:06}") for n in range(5)))
    deleted = SECTION + control("message_deleted", "id000003")
    assert count_crowd([(1, said), (4, deleted)], range(1, 2), 2).words == []
    assert count_crowd([(1, said), (4, deleted)], range(1, 2), 2).chatters == 4


def test_a_cleared_chatter_and_a_cleared_room_do_not_count_up_to_then() -> None:
    said = [(1, crowd_says("bad", 6)), (5, crowd_says("good", 6))]
    one = [*said, (3, SECTION + control("chatter_cleared", "c0"))]
    assert {(w.word, w.chatters) for w in count_crowd(one, range(1, 6), 5).words} == {("bad", 5), ("good", 6)}
    room = [*said, (3, SECTION + control("chat_cleared"))]
    assert [w.word for w in count_crowd(room, range(1, 6), 5).words] == ["good"]


def test_a_second_keeps_deletions_only() -> None:
    raid = ChannelEvent(1, "notice", "raid")
    deletion = ChannelEvent(1, "notice", "message_deleted", "aaaaaaaa")
    assert second_text("said", [raid], "raw") == "said"
    assert second_text("said", [deletion], "raw") == "said" + SECTION + "raw"
    assert second_text(None, [], None) == ""
