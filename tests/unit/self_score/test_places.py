"""Clips to places: each clip is in one place, whatever the order and however often it comes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from self_score.places import LONGEST_PLACE_MS, ViewersClip, distinct, places_of

START = 1_800_000_000_000
CLIPS = st.lists(
    st.builds(
        ViewersClip,
        clip_id=st.integers(0, 40).map(str),
        from_at=st.integers(0, 600_000).map(lambda each: START + each),
        until_at=st.integers(0, 700_000).map(lambda each: START + each),
        views=st.integers(0, 50),
        again=st.booleans(),
    ),
    max_size=30,
)


def clip(name: str, begin: int, end: int, views: int = 0, *, again: bool = False) -> ViewersClip:
    """A clip of these seconds."""
    return ViewersClip(name, START + 1000 * begin, START + 1000 * end, views, again)


@settings(max_examples=40)
@given(CLIPS, st.randoms(use_true_random=False))
def test_the_order_is_irrelevant_and_doubles_change_nothing(clips: list[ViewersClip], rnd: object) -> None:
    mixed = clips + clips[::2]
    rnd.shuffle(mixed)  # type: ignore[attr-defined]
    assert places_of(mixed) == places_of(clips)


@settings(max_examples=40)
@given(CLIPS)
def test_places_hold_every_clip_once_and_are_bounded(clips: list[ViewersClip]) -> None:
    known = distinct(clips)
    places = places_of(clips)
    longest = max((each.until_at - each.from_at for each in known), default=0)
    assert sum(each.views for each in places) == sum(each.views for each in known)
    assert len(places) <= sum(each.viewers for each in places) <= len(known)
    assert all(0 < each.until_at - each.from_at <= max(LONGEST_PLACE_MS, longest) for each in places)
    assert all(any(a.from_at <= each.from_at and each.until_at <= a.until_at for a in places) for each in known)
    assert [each.from_at for each in places] == sorted(each.from_at for each in places)


@settings(max_examples=40)
@given(CLIPS, st.integers(-(10**9), 10**9))
def test_when_it_was_is_irrelevant(clips: list[ViewersClip], later: int) -> None:
    moved = [each._replace(from_at=each.from_at + later, until_at=each.until_at + later) for each in clips]
    assert [
        each._replace(from_at=each.from_at - later, until_at=each.until_at - later) for each in places_of(moved)
    ] == (places_of(clips))


def test_clips_that_overlap_or_nearly_do_are_one_place() -> None:
    (place,) = places_of([clip("a", 0, 30, 5), clip("b", 10, 40, 9), clip("c", 12, 13), clip("d", 55, 60)])
    assert (place.viewers, place.views, place.clip_id) == (4, 14, "b")
    assert place.until_at - place.from_at == 60_000


def test_clips_further_apart_are_two_places() -> None:
    assert len(places_of([clip("a", 0, 30), clip("b", 46, 76)])) == 2


def test_a_night_clipped_without_a_pause_is_many_places() -> None:
    places = places_of([clip(str(each), 10 * each, 10 * each + 60) for each in range(100)])
    assert len(places) > 8
    assert max(each.until_at - each.from_at for each in places) <= LONGEST_PLACE_MS


def test_a_viewer_who_clips_again_is_one_viewer() -> None:
    (place,) = places_of([clip("a", 0, 30), clip("b", 5, 35, again=True)])
    assert place.viewers == 1
    assert not place.is_judge
    (alone,) = places_of([clip("b", 5, 35, again=True)])
    assert alone.viewers == 1


def test_a_clip_of_one_second_or_none_is_a_place() -> None:
    assert [each.until_at - each.from_at for each in places_of([clip("a", 0, 1), clip("b", 50, 50)])] == [1000, 1000]


def test_the_newest_views_count() -> None:
    (place,) = places_of([clip("a", 0, 30, 3), clip("a", 2, 32, 90)])
    assert (place.views, place.from_at) == (90, START + 2000)
