"""A scene looks at a bounded number of messages, always the same ones, and keeps people whole."""

from collections import Counter
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from moment_detection.causes.meaning import meaning_of
from moment_detection.evidence.chat_message import ChatMessage
from moment_detection.evidence.moment_context import (
    CHATTER_MESSAGES_LIMIT,
    MESSAGES_LIMIT,
    MomentContext,
    sample_messages,
)


def flood(number: int, people: int, seed: int = 1) -> list[ChatMessage]:
    rng = Random(seed)
    return [ChatMessage(at * 12 // number, f"c{rng.randrange(people)}", f"{at:08x}", "[]", "1") for at in range(number)]


def test_few_messages_are_all_share() -> None:
    said = flood(MESSAGES_LIMIT, 50)
    assert sample_messages(said) == (said, 1.0)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 40_000), st.integers(1, 20_000), st.integers(0, 9))
def test_a_flood_is_cut_by_whole_people(number: int, people: int, seed: int) -> None:
    said = flood(number, people, seed)
    kept, share = sample_messages(said)
    assert len(kept) <= MESSAGES_LIMIT
    assert sample_messages(list(said)) == (kept, share)
    wrote, left = Counter(each.chatter for each in said), Counter(each.chatter for each in kept)
    if number > MESSAGES_LIMIT:
        assert all(left[each] == min(wrote[each], CHATTER_MESSAGES_LIMIT) for each in left)
    assert share == len(left) / len(wrote)


def test_five_thousand_messages_a_second_are_judged_by_a_few_thousand_lines(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    from moment_detection.causes import moment_window, moods

    seen: list[int] = []
    normalize, mood_of = moment_window.normalize_messages, moods.mood_of
    monkeypatch.setattr(
        moment_window, "normalize_messages", lambda messages: seen.append(len(messages)) or normalize(messages)
    )
    kept, share = sample_messages(flood(60_000, 50_000))
    scene = MomentContext(5, 9, 14, kept, share, expected_chatters=70.0)
    meaning = meaning_of(scene)
    assert meaning.causes == ["vote"]
    assert max(seen) <= MESSAGES_LIMIT
    assert len(seen) <= 3
    assert mood_of(kept) is None
