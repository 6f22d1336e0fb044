"""An emote's name is the whole token at its place, in the way that most people wrote it."""

import json

import pytest

from contracts.moments import EmoteCount
from moment_detection.evidence.chat_message import TEXT_LIMIT
from moment_detection.evidence.evidence import CrowdEvidence

from .test_evidence import count, piece, pieces

SHIFTED = "\u00c3O EST\u00c1 PRONTA BibleThump , pra valer"


def tag(emote_id: str, *places: tuple[int, int]) -> str:
    return json.dumps([{"provider": "twitch", "id": emote_id, "start": start, "end": end} for start, end in places])


def crowd(*messages: tuple[str, str]) -> CrowdEvidence:
    """The evidence of (text, emotes tag), each of another person."""
    return count(
        (1, pieces(*(piece(f"c{n}", text[:TEXT_LIMIT], emotes=emotes) for n, (text, emotes) in enumerate(messages))))
    )


def emotes(*messages: tuple[str, str]) -> list[tuple[str, int]]:
    return [(each.name, each.chatters) for each in crowd(*messages).emotes]


def words(*messages: tuple[str, str]) -> list[str]:
    return [each.word for each in crowd(*messages).words]


@pytest.mark.parametrize("length", [197, TEXT_LIMIT - 3, TEXT_LIMIT - 1, TEXT_LIMIT, TEXT_LIMIT + 5])
def test_a_name_that_is_cut_off_is_taken_from_another_use(length) -> None:
    long = "x" * (length - 1) + " PogChamp"
    plain = ("PogChamp", tag("305954156", (0, 7)))
    assert emotes((long, tag("305954156", (length, length + 7))), *[plain] * 5) == [("PogChamp", 6)]


def test_an_emote_whose_name_nobody_knows_is_left_out() -> None:
    long = "x" * TEXT_LIMIT + " PogChamp"
    assert emotes(*[(long, tag("305954156", (TEXT_LIMIT + 1, TEXT_LIMIT + 8)))] * 6) == []


def test_a_place_that_twitch_shifted_gives_no_name() -> None:
    for start in range(len(SHIFTED) - 9):
        name = SHIFTED[start : start + 10]
        assert emotes((SHIFTED, tag("86", (start, start + 9)))) == ([("BibleThump", 1)] if name == "BibleThump" else [])


def test_the_most_frequent_name_wins() -> None:
    shifted_to_a_token = ("oh BibleThump some_token", tag("86", (14, 23)))
    plain = ("BibleThump", tag("86", (0, 9)))
    assert emotes(shifted_to_a_token, plain, plain) == [("BibleThump", 3)]


def test_a_place_that_ends_before_it_begins_invents_no_word() -> None:
    assert words(*[("Kappa", tag("25", (4, 0)))] * 6) == ["Kappa"]
    assert emotes(*[("Kappa", tag("25", (4, 0)))] * 6) == []


def test_a_place_over_several_words_is_no_emote() -> None:
    assert words(*[("foo bar", tag("84608", (0, 15)))] * 6) == ["bar", "foo"]
    assert emotes(*[("foo bar", tag("84608", (0, 15)))] * 6) == []
    assert emotes(*[("foo bar", tag("84608", (0, 6)))] * 6) == []


def test_no_piece_of_a_word_is_a_word() -> None:
    for before in range(TEXT_LIMIT - 20, TEXT_LIMIT + 2):
        text = ("na " * TEXT_LIMIT)[:before] + " elephants forever"
        assert set(words(*[(text, "[]")] * 6)) <= {"na", "n", "elephants", "forever"}


def test_several_uses_in_one_message_are_counted() -> None:
    (kappa,) = crowd(("Kappa Kappa, (Kappa)", tag("25", (0, 4), (6, 10), (14, 18)))).emotes
    assert kappa == EmoteCount("twitch", "25", "Kappa", 3, 1)
