"""From where chat is read: a kept position whose tick is still there, an older one, or a place before it."""

from collections.abc import Mapping

import pytest

from contracts.chat_messages import Tick
from emote_counter.start import BACK_MS, BEFORE_FIRST_MS, start_positions
from emote_counts.position import UNKNOWN, Position, beginning, midway

BEGAN = 1_763_830_800_000
END = 1_000


class Log:
    """Partitions from offset 100 to 1000 with a tick at each offset, whose time is the offset in seconds."""

    def __init__(self, low: int = 100, lost_from: int = END) -> None:
        self.low, self.lost_from = low, lost_from
        self.asked: dict[int, int] = {}

    def bounds(self) -> dict[int, tuple[int, int]]:
        return {0: (self.low, END), 1: (self.low, END)}

    def ticks_at(self, offsets: Mapping[int, int]) -> dict[int, Tick]:
        return {number: tick(at * 1000 + (at >= self.lost_from)) for number, at in offsets.items() if at != 555}

    def offsets_at(self, times: Mapping[int, int]) -> dict[int, int]:
        self.asked = dict(times)
        return dict.fromkeys(times, max(self.low, 300))


def tick(sent_at: int) -> Tick:
    return Tick(schema_version=1, sent_at=sent_at, received_at=0, instance="", spool_id="", spool_position=0)


def position(tick_offset: int, offset: int | None = None, closed_until: int = BEGAN) -> Position:
    return Position(
        offset=tick_offset - 50 if offset is None else offset,
        read_until=tick_offset + 1,
        closed_until=closed_until,
        tick_offset=tick_offset,
        tick_at=tick_offset * 1000,
    )


def test_the_newest_position_is_used_where_its_tick_is_still_there() -> None:
    kept = {0: (position(900), position(600)), 1: (position(800),)}
    assert start_positions(Log(), kept, BEGAN) == {0: kept[0][0], 1: kept[1][0]}


@pytest.mark.parametrize("newest", [900, 555, END, END + 5])
def test_an_older_position_is_used_where_a_power_cut_took_the_newest(newest: int) -> None:
    kept = {0: (position(newest), position(600)), 1: (position(650),)}
    found = start_positions(Log(lost_from=700), kept, BEGAN)
    assert found == {0: kept[0][1], 1: kept[1][0]}


def test_without_one_that_holds_it_begins_before_the_oldest_minute_that_was_finished() -> None:
    log = Log(lost_from=0)
    kept = {0: (position(900), position(600, closed_until=BEGAN - 60_000)), 1: (position(900, closed_until=UNKNOWN),)}
    assert start_positions(log, kept, BEGAN) == {0: midway(300), 1: midway(300)}
    assert log.asked == {0: BEGAN - 60_000 - BACK_MS, 1: BEGAN - BEFORE_FIRST_MS}


def test_what_kafka_deleted_meanwhile_is_not_asked_for() -> None:
    kept = {0: (position(120, offset=99),), 1: (position(900),)}
    assert start_positions(Log(), kept, BEGAN) == {0: midway(300), 1: kept[1][0]}


def test_a_first_start_counts_what_was_written_just_before() -> None:
    log = Log()
    assert start_positions(log, {}, BEGAN) == {0: midway(300), 1: midway(300)}
    assert set(log.asked.values()) == {BEGAN - BEFORE_FIRST_MS}


def test_a_first_start_on_a_new_log_counts_from_its_first_record() -> None:
    log = Log(low=0)
    log.offsets_at = lambda times: dict.fromkeys(times, 0)  # type: ignore[method-assign]
    assert start_positions(log, {}, BEGAN) == {0: beginning(), 1: beginning()}
    assert start_positions(log, {0: (position(END),)}, BEGAN)[0] == midway(0)  # what came again may be a part


def test_everything_can_be_counted_once_more() -> None:
    kept = {0: (position(900),)}
    assert start_positions(Log(), kept, BEGAN, from_beginning=True) == {0: midway(100), 1: midway(100)}
    assert start_positions(Log(low=0), kept, BEGAN, from_beginning=True) == {0: beginning(), 1: beginning()}
