"""Positions of emotes in a text, in code points."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from twitch_simulator.crowd.channels import LANGUAGES
from twitch_simulator.crowd.emotes import GLOBAL_EMOTES, emotes_tag
from twitch_simulator.crowd.texts import burst_pool, make_text

NAMES = {emote_id: name for name, emote_id in GLOBAL_EMOTES.items()}
words = st.one_of(
    st.sampled_from(list(GLOBAL_EMOTES)),
    st.sampled_from(["草", "😂", "👨‍👩‍👧", "Kappa!", "xKappa", "hi"]),
    st.text(max_size=5),
)


def places(tag: str) -> list[tuple[str, int, int]]:
    """(emote id, start, end) of each place in an `emotes` tag."""
    found = []
    for group in filter(None, tag.split("/")):
        emote_id, _, spans = group.partition(":")
        found += [(emote_id, *map(int, span.split("-"))) for span in spans.split(",")]
    return found


def test_the_tag_has_twitchs_form() -> None:
    assert emotes_tag("Kappa Keepo Kappa") == "25:0-4,12-16/1902:6-10"
    assert emotes_tag("nothing here") == ""


@given(st.lists(words, max_size=12).map(" ".join))
@settings(deadline=None)
def test_the_positions_are_those_of_all_emotes(text: str) -> None:
    found = places(emotes_tag(text))
    assert all(text[start : end + 1] == NAMES[emote_id] for emote_id, start, end in found)
    assert len(found) == sum(word in GLOBAL_EMOTES for word in text.split())


@given(st.integers(0, 10_000), st.sampled_from(sorted(set(LANGUAGES))))
@settings(deadline=None)
def test_generated_texts_are_single_lines(seed: int, language: str) -> None:
    text = make_text(Random(seed), language)
    assert text
    assert len(text) <= 500
    assert "\r" not in text
    assert "\n" not in text


def test_a_bursts_texts_are_mostly_its_emote() -> None:
    texts = burst_pool(Random(1), "LUL")
    assert sum("LUL" in each.text for each in texts) > 0.7 * len(texts)
    assert all(places(each.emotes) for each in texts if "LUL" in each.text.split())
