"""A mood is what most people wrote of, and none where few did."""

from hypothesis import given
from hypothesis import strategies as st

from moment_detection.causes.moods import MINIMUM_CHATTERS, MINIMUM_SHARE, mood_of
from moment_detection.causes.vocabulary import MOODS, load
from moment_detection.evidence.chat_message import ChatMessage


def said(*texts: str) -> list[ChatMessage]:
    return [ChatMessage(1, f"c{number}", f"{number:08x}", "[]", text) for number, text in enumerate(texts)]


def test_people_count_and_not_messages() -> None:
    loud = [ChatMessage(1, "one", str(number), "[]", "NotLikeThis") for number in range(50)]
    assert mood_of([*loud, *said(*["LUL"] * 4)]) == ("laughter", 0.8)


def test_too_few_people_or_too_small_a_share_is_no_mood() -> None:
    assert mood_of(said(*["LUL"] * (MINIMUM_CHATTERS - 1))) is None
    calm = round(MINIMUM_CHATTERS / MINIMUM_SHARE)
    assert mood_of(said(*["LUL"] * MINIMUM_CHATTERS, *["so"] * (calm - MINIMUM_CHATTERS))) == (
        "laughter",
        MINIMUM_SHARE,
    )
    assert mood_of(said(*["LUL"] * MINIMUM_CHATTERS, *["so"] * calm)) is None
    assert mood_of([]) is None


@given(st.permutations(said(*["LUL"] * 4, *["monkaS"] * 4, *["QQ"] * 4)))
def test_a_tie_goes_to_the_file_s_order(messages: list[ChatMessage]) -> None:
    assert load(MOODS).labels[0] == "laughter"
    assert mood_of(messages) == ("laughter", 4 / 12)
