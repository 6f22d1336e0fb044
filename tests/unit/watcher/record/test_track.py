"""From looks to notes: laws for whatever is seen, with whatever clock."""

from hypothesis import given
from hypothesis import strategies as st

from contracts.uptime import BRIDGED_SECONDS, Noted, Part, UptimeState
from watcher.record.track import Look, Track, Tracks

SECOND = 1000
STATES = (UptimeState.UP, UptimeState.DOWN)
steps = st.lists(st.tuples(st.sampled_from([*STATES, None]), st.integers(-400, 400), st.integers(0, 900)), max_size=40)


def play(looks: list[tuple[UptimeState | None, int]], confirm: float = 30) -> list[Noted]:
    """Return the last form of each note; looks are (state, second)."""
    tracks, notes = Tracks(confirm), {}
    for state, second in looks:
        at = second * SECOND
        seen = {Part.WEBSITE: Look(state, at, at)} if state else {}
        for note in tracks.look(seen).notes:
            notes[note.state, note.from_at] = note
    return list(notes.values())


def note(state: UptimeState, begin: int, end: int) -> Noted:
    return Noted(Part.WEBSITE, state, begin * SECOND, end * SECOND)


UP, DOWN = STATES


def test_what_stays_is_one_note() -> None:
    assert play([(UP, at) for at in range(0, 600, 15)]) == [note(UP, 0, 585)]


def test_an_outage_begins_with_its_first_look_once_it_has_lasted() -> None:
    looks = [(UP, 0), (UP, 15), (DOWN, 30), (DOWN, 45), (DOWN, 60), (DOWN, 75), (UP, 90)]
    assert play(looks) == [note(UP, 0, 15), note(DOWN, 30, 75), note(UP, 90, 90)]


def test_a_blip_is_no_outage() -> None:
    assert play([(UP, 0), (DOWN, 15), (UP, 30), (DOWN, 45), (UP, 60)]) == [note(UP, 0, 60)]


def test_after_a_time_without_looks_a_note_begins_anew() -> None:
    assert play([(UP, 0), (UP, BRIDGED_SECONDS), (UP, 2 * BRIDGED_SECONDS + 1)]) == [
        note(UP, 0, BRIDGED_SECONDS),
        note(UP, 2 * BRIDGED_SECONDS + 1, 2 * BRIDGED_SECONDS + 1),
    ]


def test_a_clock_that_is_set_back_begins_anew() -> None:
    looks = [(UP, 3600), (UP, 3615), (UP, 0), (UP, 15), (DOWN, 30), (DOWN, 10), (DOWN, 25), (DOWN, 41)]
    assert play(looks) == [note(UP, 3600, 3615), note(UP, 0, 15), note(DOWN, 10, 41)]


def test_an_outage_is_dated_back_to_the_last_sign_of_life() -> None:
    track = Track(Part.MOMENTS).after(Look(DOWN, 0, 60_000), 30_000).after(Look(DOWN, 0, 90_000), 30_000)
    assert track.note == Noted(Part.MOMENTS, DOWN, 0, 90_000)


@given(steps)
def test_no_note_claims_more_than_was_seen(found: list[tuple[UptimeState | None, int, int]]) -> None:
    """Between its ends, looks of its state lie no further apart than what is bridged, and none says the opposite."""
    track, at, seen = Track(Part.CHAT), 1_000_000_000, []
    for state, step, since in found:
        at += step * SECOND
        before = track
        look = Look(state, at - since * SECOND, at) if state else None
        track = track.after(look, 30_000)
        seen = [*seen, at] if state else []
        if track.note is None:
            assert look is None or state is DOWN
            continue
        assert track.note.from_at <= track.note.until_at
        if track.note != before.note:
            assert track.note.until_at == at
            assert track.note.state is state
        if before.note and track.note.from_at == before.note.from_at and track.note.state is before.note.state:
            assert 0 <= track.note.until_at - before.note.until_at <= BRIDGED_SECONDS * SECOND


@given(steps)
def test_up_is_believed_at_once_and_down_after_it_lasted(found: list[tuple[UptimeState | None, int, int]]) -> None:
    track, at, since = Track(Part.CHAT), 1_000_000_000, None
    for state, step, _ in found:
        at += step * SECOND
        since = (at if since is None or since > at else since) if state is DOWN else None
        track = track.after(Look(state, at, at) if state else None, 30_000)
        if state is UP:
            assert track.note is not None
            assert (track.note.state, track.note.until_at) == (UP, at)
        elif state is DOWN and since is not None and track.note and track.note.until_at == at:
            assert at - track.note.from_at >= 30_000 or track.note.from_at == track.note.until_at
