"""A tally counts what a plain count finds, in any order, with repeats, and after a crash anywhere."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import codec
from contracts.chat_messages import Tick
from contracts.emote_counts import EMOTES_A_MINUTE, EmoteCounts
from emote_counts.packing import unpack_seconds
from emote_counts.position import Position, beginning, midway
from emote_counts.tally import AHEAD_MS, LEAD_MS, MINUTE_MS, EmoteKey, Tally

from .chat import KEYS, LINES, START, Line, add, counted, recount

LATER = START + 10 * MINUTE_MS
ONE: tuple[EmoteKey, ...] = (KEYS[0],)


def closing(tally: Tally, offset: int = 10_000) -> list[EmoteCounts]:
    """Return all minutes of a tally."""
    return tally.tick(LATER, offset)


@given(LINES, st.randoms(use_true_random=False))
def test_any_order_with_repeats_gives_what_a_plain_count_finds(lines: list[Line], dice: random.Random) -> None:
    shuffled = [*lines, *dice.sample(lines, len(lines) // 2)]
    dice.shuffle(shuffled)
    tally = Tally(beginning())
    for offset, line in enumerate(shuffled):
        add(tally, line, offset)
    assert counted(closing(tally)) == recount(lines)
    assert tally.counted.repeated == len(lines) // 2
    assert tally.open_emotes == 0


def log_of(lines: list[Line], dice: random.Random) -> list[Line | Tick]:
    """Return lines as a partition has them: some seconds out of order, with ticks that keep their promise."""
    ordered = sorted(lines, key=lambda line: line.sent_at + dice.randint(0, 5000))
    log: list[Line | Tick] = []
    for place, line in enumerate(ordered):
        log.append(line)
        promised = min((each.sent_at for each in ordered[place + 1 :]), default=LATER) - 1
        log.append(tick_at(min(promised, line.sent_at)))
    return [*log, tick_at(LATER)]


def tick_at(sent_at: int) -> Tick:
    return Tick(schema_version=1, sent_at=sent_at, received_at=0, instance="", spool_id="", spool_position=0)


@given(LINES, st.randoms(use_true_random=False), st.lists(st.integers(0, 60), max_size=4))
def test_crashes_anywhere_give_the_same_minutes(lines: list[Line], dice: random.Random, crashes: list[int]) -> None:
    log = log_of(lines, dice)
    published: list[EmoteCounts] = []
    position = beginning()
    for until in [*sorted(crashes), len(log)]:
        tally = Tally(position)
        for offset, record in enumerate(log[position.offset : until], position.offset):
            if isinstance(record, Tick):
                published += tally.tick(record.sent_at, offset)
            else:
                add(tally, record, offset)
            published += tally.revisions(["1"])
        assert tally.counted.late == 0
        position = tally.position()
    assert counted(published) == recount(lines)
    assert position.offset == len(log)


def test_a_minute_closes_when_a_tick_passes_its_end() -> None:
    tally = Tally(beginning())
    add(tally, Line("1", START + 59_999, "a", "anna", ONE), 0)
    assert tally.tick(START + 59_998, 1) == []
    (closed,) = tally.tick(START + 59_999, 2)
    assert (closed.minute_at, closed.is_closed) == (START, True)
    assert unpack_seconds(closed.emotes[0].seconds) == [(59, 1)]


def test_what_is_late_is_reported_and_not_counted() -> None:
    tally = Tally(beginning())
    tally.tick(START + MINUTE_MS, 0)
    add(tally, Line("1", START, "a", "anna", ONE), 1)
    assert tally.counted.late == 1
    assert closing(tally) == []


def test_what_is_read_again_is_not_late() -> None:
    tally = Tally(Position(offset=3, read_until=9, closed_until=START + MINUTE_MS, tick_offset=8, tick_at=START))
    add(tally, Line("1", START, "a", "anna", ONE), 8)
    assert tally.counted.late == 0
    add(tally, Line("1", START, "b", "anna", ONE), 9)
    assert tally.counted.late == 1


def test_a_time_far_ahead_is_reported_and_holds_nothing_open() -> None:
    tally = Tally(beginning())
    tally.tick(START, 0)
    add(tally, Line("1", START + AHEAD_MS + MINUTE_MS, "a", "anna", ONE), 1)
    assert (tally.counted.ahead, tally.open_emotes) == (1, 0)


def test_the_first_minutes_of_a_start_midway_are_left_out() -> None:
    tally = Tally(midway(100))
    for place, sent_at in enumerate((START, START + LEAD_MS + MINUTE_MS)):
        add(tally, Line("1", sent_at, f"id{place}", "anna", ONE), 100 + place)
    assert tally.position() == midway(100)
    assert tally.tick(START + 1, 102) == []
    (closed,) = closing(tally)
    assert closed.minute_at == START + LEAD_MS + MINUTE_MS
    assert tally.counted.late == 0


def test_a_bot_with_a_thousand_uses_is_one_person() -> None:
    tally = Tally(beginning())
    for number in range(10):
        add(tally, Line("1", START + number, f"id{number}", "bot", ONE * 100), number)
    for chatter in ("anna", "bert"):
        add(tally, Line("1", START + 1000, chatter, chatter, (KEYS[2],)), 99)
    (closed,) = closing(tally)
    bot, crowd = closed.emotes
    assert (unpack_seconds(bot.seconds), bot.people) == ([(0, 1000)], 1)
    assert (unpack_seconds(crowd.seconds), crowd.people) == ([(1, 2)], 2)


def test_a_wall_of_500_different_emotes_is_counted() -> None:
    wall = tuple(("7tv", f"id{number}", f"name{number}") for number in range(500))
    tally = Tally(beginning())
    add(tally, Line("1", START, "a", "anna", wall), 0)
    (closed,) = closing(tally)
    assert len(closed.emotes) == 500
    assert codec.decode("emote-counts", codec.encode(closed)) == closed


def test_more_emotes_than_fit_are_reported() -> None:
    uses = tuple(("7tv", f"id{number}", "name") for number in range(EMOTES_A_MINUTE + 3))
    tally = Tally(beginning())
    add(tally, Line("1", START, "a", "anna", uses), 0)
    assert (tally.counted.too_many, tally.open_emotes) == (3, EMOTES_A_MINUTE)
    small = Tally(beginning(), most_open=2)
    add(small, Line("1", START, "a", "anna", uses[:5]), 0)
    assert (small.counted.too_many, small.open_emotes) == (3, 2)


@pytest.mark.parametrize("odd", [("7tv", "", "x"), ("7tv", "x", ""), ("7tv", "x" * 101, "x"), ("7tv", "x", "x\x00")])
def test_what_nobody_can_store_is_reported(odd: EmoteKey) -> None:
    tally = Tally(beginning())
    add(tally, Line("1", START, "a", "anna", (odd, *ONE)), 0)
    assert tally.counted.odd == 1
    assert [emote.name for emote in closing(tally)[0].emotes] == ["KEKW"]


def test_revisions_are_of_the_channels_asked_for_and_only_where_something_changed() -> None:
    tally = Tally(beginning())
    for channel in ("1", "2"):
        add(tally, Line(channel, START, f"a{channel}", "anna", ONE), 0)
    (revision,) = tally.revisions(["1", "3"])
    assert (revision.channel_id, revision.is_closed) == ("1", False)
    assert tally.revisions(["1"]) == []
    add(tally, Line("1", START, "b", "bert", ONE), 1)
    assert [each.emotes[0].people for each in tally.revisions(["1"])] == [2]


def test_a_channel_that_opts_out_is_forgotten() -> None:
    tally = Tally(beginning())
    for channel in ("1", "2"):
        add(tally, Line(channel, START, f"a{channel}", "anna", ONE), 0)
    tally.set_opted_out("1", True)
    add(tally, Line("1", START, "b", "anna", ONE), 1)
    tally.tick(START, 2)
    assert tally.position().opted_out == ("1",)
    resumed = Tally(tally.position())
    add(resumed, Line("1", START, "c", "anna", ONE), 3)
    assert closing(resumed) == []
    assert [each.channel_id for each in closing(tally)] == ["2"]
    tally.set_opted_out("1", False)
    add(tally, Line("1", LATER + MINUTE_MS, "d", "anna", ONE), 10_001)
    assert [each.channel_id for each in tally.tick(LATER + 5 * MINUTE_MS, 10_002)] == ["1"]


def test_a_position_holds_while_its_tick_is_where_it_was() -> None:
    tally = Tally(beginning())
    tally.tick(START, 7)
    position = tally.position()
    assert position.holds(tick_at(START))
    assert not position.holds(tick_at(START + 1))
    assert not position.holds(None)
    assert beginning().holds(None)
