"""Notes that wait for Postgres: in any order, as often as they come, and over a kill."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.uptime import Noted, Part, UptimeState
from watcher.record.notes import MOST_WAITING, WaitingNotes

notes = st.lists(
    st.builds(
        lambda state, begin, length: Noted(Part.CHAT, state, begin, begin + length),
        st.sampled_from([UptimeState.UP, UptimeState.DOWN]),
        st.integers(0, 5),
        st.integers(0, 9),
    ),
    max_size=20,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(notes, st.randoms())
def test_neither_order_nor_repeats_matter(tmp_path: Path, found: list[Noted], random: object) -> None:
    shuffled = [*found, *found]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = WaitingNotes(tmp_path / "none"), WaitingNotes(tmp_path / "none")
    one.add(found)
    other.add(shuffled)
    assert sorted(one.all()) == sorted(other.all())


def test_what_waits_survives_a_kill_and_is_gone_once_it_is_stored(tmp_path: Path) -> None:
    file = tmp_path / "state" / "uptime.json"
    note = Noted(Part.WEBSITE, UptimeState.DOWN, 1, 2)
    waiting = WaitingNotes(file)
    waiting.add([note, note])
    waiting.write()
    again = WaitingNotes(file)
    assert again.all() == [note]
    again.stored(again.all())
    assert not file.exists()
    assert WaitingNotes(file).all() == []


def test_what_grew_meanwhile_still_waits(tmp_path: Path) -> None:
    waiting = WaitingNotes(tmp_path / "uptime.json")
    waiting.add([Noted(Part.WEBSITE, UptimeState.DOWN, 1, 2)])
    sent = waiting.all()
    waiting.add([Noted(Part.WEBSITE, UptimeState.DOWN, 1, 9)])
    waiting.stored(sent)
    assert [note.until_at for note in waiting.all()] == [9]


def test_a_torn_file_costs_what_it_said_and_no_more(tmp_path: Path) -> None:
    file = tmp_path / "uptime.json"
    file.write_bytes(b'[["chat",')
    assert WaitingNotes(file).all() == []


def test_a_database_that_is_away_for_months_does_not_fill_memory(tmp_path: Path) -> None:
    waiting = WaitingNotes(tmp_path / "uptime.json")
    waiting.add(Noted(Part.CHAT, UptimeState.UP, at, at) for at in range(MOST_WAITING + 5))
    assert len(waiting) == MOST_WAITING
    assert min(note.from_at for note in waiting.all()) == 5
