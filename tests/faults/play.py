"""Plays one fault during a burst and settles what it did: the moment, the clip, the records, the rows, the page."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx
import psycopg
from end_to_end.test_kills import wait_until_most_is_heard, wait_until_the_burst_is_heard
from end_to_end.world import World, closed_with_outcome
from faults import recount
from faults.page import Visitor
from faults.recount import Log, Stretch
from faults.table import Line

from embedded.processes.waiting import TooLateError, wait_for

FRESH_SECONDS = 10  # Postgres knows what the job did with the chat of so long ago: all is well
WELL_SECONDS = 300
OUTCOME_SECONDS = 300
CHANNELS = {
    "channels": 30,
    "messages_per_second": 90,
    "bursts_per_minute": 0,
    "notices_per_minute": 0,
    "always_live": True,
    "clip_delay_seconds": 2,
    "seed": 11,
}
# An outcome within the run also for a clip that never appears or whose answer was lost.
PATIENCE = {"CLIPS_CONFIRM_SECONDS": "40", "CLIPS_ADOPTION_SECONDS": "60"}
Act = Callable[[World], object]


def nothing(_: World) -> None:
    """What a fault does that needs no beginning, repetition or end."""


@dataclass(frozen=True)
class Fault:
    """`again` is done every `every_seconds` while the fault lasts; `stops_reader`: the capture dies in it.

    `deafens`: channels are not read for a while. Either begins when the burst is a moment already: what is said while
    nobody reads is a told gap, and no moment.
    """

    name: str
    begin: Act = nothing
    end: Act = nothing
    seconds: float = 0.0
    again: Act = nothing
    every_seconds: float = 5.0
    stops_reader: bool = False
    deafens: bool = False
    stops_page: bool = False
    why_not: str = ""  # what this machine lacks for it


@dataclass(frozen=True)
class Played:
    """What was seen while a fault was played; what it did to the records is settled later."""

    fault: Fault
    login: str
    stretch: Stretch
    well_after_seconds: float
    page_percent: float
    first_page_seconds: float | None


def play(world: World, fault: Fault) -> Played:
    """Let a crowd erupt, let the fault happen in it, and return when all is well again."""
    login = world.fresh_channel()
    begins_at = world.burst(login, seconds=16)
    if fault.stops_reader or fault.deafens:
        wait_until_most_is_heard(world, login, begins_at)
    else:
        wait_until_the_burst_is_heard(world, login)
    with Visitor(world.system.url("api") + "/") as visitor:
        began = time.time()
        try:
            fault.begin(world)
            last(world, fault)
        finally:
            ended = time.time()
            fault.end(world)
        wait_for(f"all is well after {fault.name}", lambda: is_well(world, ended), WELL_SECONDS, 0.5)
        well = time.time()
    died_at = round(began * 1000) if fault.stops_reader else None
    stretch = Stretch(round(begins_at * 1000), round(well * 1000), died_at)
    return Played(fault, login, stretch, well - ended, visitor.percent, visitor.first_page_after(began))


def last(world: World, fault: Fault) -> None:
    """Let the fault go on for its time."""
    until = time.monotonic() + fault.seconds
    while time.monotonic() < until:
        fault.again(world)
        time.sleep(min(fault.every_seconds, max(0.0, until - time.monotonic())))  # the fault, not a wait for anything


def is_well(world: World, since: float) -> bool:
    """Whether chat that was said after `since` has passed the job and reached Postgres, and the page is there."""
    try:
        rows = world.query(
            "SELECT extract(epoch FROM event_at), extract(epoch FROM now()) FROM pipeline_progress WHERE stage = 'job'"
        )
        world.get("/api/v1/moments")
    except (psycopg.Error, httpx.HTTPError):
        return False
    return bool(rows) and rows[0][0] > since and rows[0][1] - rows[0][0] < FRESH_SECONDS


def settle(world: World, played: Played, log: Log) -> Line:
    """The fault's line. The burst's moment must be closed with an outcome; else it counts as lost."""
    try:
        world.wait_for_moment(played.login, closed_with_outcome, OUTCOME_SECONDS)
        has_outcome = True
    except TooLateError:
        has_outcome = False
    channel_id, stretch = world.channel_ids[played.login], played.stretch
    moments = recount.moments_of(world, channel_id)
    return Line(
        fault=played.fault.name,
        lost=len(recount.lost(world, log, stretch)),
        doubled=len(recount.doubled(world, log, stretch)),
        moments_lost=int(not moments or not has_outcome),
        moments_doubled=max(0, len(moments) - 1),
        clips_doubled=max(0, recount.clips_of(world, channel_id) - 1),
        rows_wrong=len(recount.rows_wrong(world, log, stretch)),
        gap_seconds=log.gap_seconds(stretch),
        well_after_seconds=round(played.well_after_seconds, 1),
        page_percent=round(played.page_percent, 1),
        first_page_seconds=played.first_page_seconds and round(played.first_page_seconds, 1),
    )
