"""What was found: never less at a lower threshold, the same however the time is cut, and nothing of unread chat."""

from hypothesis import given, settings
from hypothesis import strategies as st

from self_score.matching import EARLY_MS, LATE_MS, SeenMoment, matches_of, shown_places
from self_score.places import Place, ViewersClip, places_of
from self_score.sweep import THRESHOLDS, added, score_of

START = 1_800_000_000_000
HOUR = 3_600_000
READ = [(START - HOUR, START + 3 * HOUR)]
TIMES = st.integers(0, HOUR - 1).map(lambda each: START + each)
CLIPS = st.lists(
    st.builds(
        lambda number, begin, long: ViewersClip(str(number), begin, begin + long),
        st.integers(0, 60),
        TIMES,
        st.integers(1000, 60_000),
    ),
    max_size=40,
)
MOMENTS = st.lists(
    st.builds(
        lambda number, crossed, rise, score: SeenMoment(str(number), crossed, crossed + rise, score),
        st.integers(0, 10**6),
        TIMES,
        st.integers(0, 90_000),
        st.floats(2, 14),
    ),
    max_size=20,
    unique_by=lambda each: each.moment_id,
)


def place(begin: int, end: int, viewers: int = 2, views: int = 0) -> Place:
    """A place of these seconds."""
    return Place(START + 1000 * begin, START + 1000 * end, viewers, views, f"clip-{begin}")


def moment(crossed: int, peak: int | None = None, score: float = 5.0) -> SeenMoment:
    """A moment of these seconds."""
    return SeenMoment(f"m{crossed}", START + 1000 * crossed, START + 1000 * (crossed if peak is None else peak), score)


@settings(max_examples=40)
@given(CLIPS, MOMENTS)
def test_found_never_falls_as_the_threshold_falls(clips: list[ViewersClip], moments: list[SeenMoment]) -> None:
    score = score_of(places_of(clips), moments, READ, START, START + HOUR)
    for lower, higher in zip(score.steps, score.steps[1:], strict=False):
        assert lower.found >= higher.found
        assert lower.moments >= higher.moments
        assert lower.clipped >= higher.clipped
    assert all(each.found <= score.places and each.clipped <= each.moments for each in score.steps)
    assert all(0 <= each.by_chance <= score.places for each in score.steps)
    assert score.whole.moments == len(moments)


@settings(max_examples=40)
@given(CLIPS, MOMENTS, st.randoms(use_true_random=False))
def test_the_order_is_irrelevant_and_doubles_change_nothing(
    clips: list[ViewersClip], moments: list[SeenMoment], rnd: object
) -> None:
    straight = score_of(places_of(clips), moments, READ, START, START + HOUR)
    mixed, others = clips + clips[1::2], list(moments)
    rnd.shuffle(mixed)  # type: ignore[attr-defined]
    rnd.shuffle(others)  # type: ignore[attr-defined]
    turned = score_of(places_of(mixed), others, READ, START, START + HOUR)
    assert turned.places == straight.places
    assert [each[:4] for each in turned.steps] == [each[:4] for each in straight.steps]
    assert shown_places(places_of(mixed), others) == shown_places(places_of(clips), moments)


@settings(max_examples=40)
@given(CLIPS, MOMENTS, st.integers(0, HOUR))
def test_cut_anywhere_the_parts_add_up(clips: list[ViewersClip], moments: list[SeenMoment], cut: int) -> None:
    places = places_of(clips)
    whole = score_of(places, moments, READ, START, START + HOUR)
    parts = added(
        [
            score_of(places, moments, READ, START, START + cut),
            score_of(places, moments, READ, START + cut, START + HOUR),
        ]
    )
    assert (parts.places, parts.unread) == (whole.places, whole.unread)
    assert [each[:4] for each in parts.steps] == [each[:4] for each in whole.steps]


def test_people_press_clip_late_and_chat_writes_late() -> None:
    early, late = EARLY_MS // 1000, LATE_MS // 1000
    there = place(100, 130)
    for inside in (moment(100 - early), moment(115), moment(130 + late), moment(20, 75)):
        assert matches_of([there], [inside]).highest == [5.0]
    for outside in (moment(99 - early), moment(131 + late)):
        assert matches_of([there], [outside]).highest == [None]


def test_several_viewers_judge_and_one_only_says_that_a_moment_was_clipped() -> None:
    places = [place(100, 130), place(500, 530), place(900, 930, viewers=1)]
    score = score_of(places, [moment(110, score=6.0), moment(905, score=4.2)], READ, START, START + HOUR)
    assert (score.places, score.whole.found, score.whole.moments, score.whole.clipped) == (2, 1, 2, 2)
    at = {each.threshold: each for each in score.steps}
    assert (at[6.0].found, at[7.0].found) == (1, 0)
    assert (at[4.0].moments, at[4.5].moments) == (2, 1)


def test_what_nobody_read_counts_neither_way() -> None:
    read = [(START, START + 200_000)]
    score = score_of([place(100, 130), place(500, 530)], [], read, START, START + HOUR)
    assert (score.places, score.unread, score.seconds) == (1, 1, 200)


def test_moments_anywhere_find_this_many() -> None:
    places = [place(600 * each, 600 * each + 30) for each in range(6)]
    score = score_of(places, [moment(each) for each in range(0, 3600, 360)], READ, START, START + HOUR)
    assert 1.1 < score.whole.by_chance < 1.4  # 6 places, 80 s each, ten moments an hour
    assert score_of(places, [], READ, START, START + HOUR).whole.by_chance == 0


def test_a_moment_shows_the_place_that_most_viewers_clipped_and_a_place_has_one_moment() -> None:
    places = [place(100, 130, viewers=2), place(131, 150, viewers=4), place(400, 430, viewers=9)]
    near, far = moment(120), moment(155)
    assert shown_places(places, [near, far]) == {"m120": places[0], "m155": places[1]}
    assert shown_places(places, [near]) == {"m120": places[1]}
    assert shown_places(places, []) == {}


def test_the_steps_have_all_moments_first() -> None:
    score = score_of([], [moment(10, score=0.5)], READ, START, START + HOUR)
    assert score.steps[0].moments == 1
    assert score.steps[1].moments == 0
    assert [each.threshold for each in score.steps] == list(THRESHOLDS)
