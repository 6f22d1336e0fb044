"""The window counts each chatter of its seven seconds once, and the same ones after a restart."""

from hypothesis import given
from hypothesis import strategies as st

from moment_detection.detection.channel_events import FIELD, PIECE
from moment_detection.detection.window_chatters import WindowChatters, speakers_of

START = 1_000_000


def pieces(*said: tuple[str, str]) -> str:
    return PIECE.join(FIELD.join((chatter, "0", "[]", text)) for chatter, text in said)


def test_chatters_of_commands_only_do_not_count() -> None:
    assert speakers_of(pieces(("a", "!join"), ("b", "wow!"), ("c", "!join"), ("c", "lol"))) == {"b", "c"}
    assert speakers_of(pieces(("a", "wow"), ("a", "lol"))) == {"a"}
    assert speakers_of(None) == speakers_of("") == set()


@given(st.lists(st.none() | st.sets(st.sampled_from("abcdef")), max_size=60), st.integers(0, 60))
def test_the_window_has_the_distinct_chatters_of_7_s(seconds: list[set[str] | None], restart: int) -> None:
    window = WindowChatters()
    for index, people in enumerate(seconds):
        if index == restart:
            window = WindowChatters()
            for earlier in range(index - 7, index):
                window.add_second(START + earlier, seconds[earlier] if earlier >= 0 else None)
        expected: set[str] = set().union(*(each or () for each in seconds[max(0, index - 6) : index + 1]))
        assert window.add_second(START + index, people) == len(expected)
