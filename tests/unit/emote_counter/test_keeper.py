"""A position is written once its minutes are acknowledged, and ten seconds after that; older ones stay beside it."""

from itertools import pairwise
from pathlib import Path

from contracts.topics import FLUSH_MS
from emote_counter.keeper import SETTLING_SECONDS, PositionKeeper
from emote_counter.state_file import ANCHOR_MS, ANCHORS, KeptState, StateFile, with_newer
from emote_counts.position import Position, midway

BEGAN = 1_763_830_800_000


def position(tick_at: int) -> Position:
    return Position(offset=5, read_until=10, closed_until=BEGAN, tick_offset=9, tick_at=tick_at)


class Setting:
    """A keeper with a clock and acknowledgements of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.now, self.acknowledged = 0.0, 0
        self.file = StateFile(folder / "position.json")
        self.keeper = PositionKeeper(
            self.file, KeptState(began_at=BEGAN), lambda: self.acknowledged, clock=lambda: self.now
        )

    def settle(self) -> bool:
        return self.keeper.settle({"1": BEGAN})


def test_a_position_waits_for_its_minutes_and_for_their_sync(tmp_path: Path) -> None:
    setting = Setting(tmp_path)
    setting.keeper.take({0: position(BEGAN)}, last_minute=7)
    setting.acknowledged, setting.now = 6, 100.0
    assert not setting.settle()
    setting.acknowledged = 7
    assert not setting.settle()
    setting.now += SETTLING_SECONDS - 0.1
    assert not setting.settle()
    assert setting.file.read() is None
    setting.now += 0.1
    assert setting.settle()
    assert setting.file.read() == KeptState(began_at=BEGAN, channels={"1": BEGAN}, positions={0: (position(BEGAN),)})
    assert SETTLING_SECONDS * 1000 == 2 * FLUSH_MS


def test_a_partition_without_a_tick_is_not_kept(tmp_path: Path) -> None:
    setting = Setting(tmp_path)
    setting.keeper.take({0: midway(4)}, last_minute=0)
    assert setting.keeper.is_free


def test_a_disk_that_refuses_ends_nothing(tmp_path: Path) -> None:
    setting = Setting(tmp_path / "away")
    setting.keeper.take({0: position(BEGAN)}, last_minute=0)
    setting.settle()
    setting.now = SETTLING_SECONDS
    assert setting.settle()
    assert setting.keeper.is_free


def test_older_positions_are_kept_some_minutes_apart() -> None:
    kept: tuple[Position, ...] = ()
    for second in range(0, 3600, 10):
        kept = with_newer(kept, position(BEGAN + second * 1000))
    assert len(kept) == 1 + ANCHORS
    ages = [newer.tick_at - older.tick_at for newer, older in pairwise(kept)]  # type: ignore[operator]
    assert 0 < ages[0] <= ANCHOR_MS + 10_000
    assert all(age >= ANCHOR_MS for age in ages[1:])


def test_a_file_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    file = tmp_path / "position.json"
    file.write_bytes(b'{"began_at": ')
    assert StateFile(file).read() is None
