"""Injects one fault during a burst and measures its effects: moment, clip, records, rows, page."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx
import psycopg
from end_to_end.test_kills import wait_until_most_was_sent, wait_until_the_burst_arrives
from end_to_end.world import World, closed_with_outcome
from faults import recount
from faults.page import Visitor
from faults.recount import FaultWindow, Log
from faults.table import Line

from embedded.processes.waiting import TooLateError, wait_for

FRESH_SECONDS = 10  # the system has recovered once the job's progress in Postgres is this recent
RECOVERY_SECONDS = 300
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
# Short enough that a lost clip or answer has an outcome within the run.
CLIP_TIMEOUTS = {"CLIPS_CONFIRM_SECONDS": "40", "CLIPS_ADOPTION_SECONDS": "60"}
Act = Callable[[World], object]


def nothing(_: World) -> None:
    """Do nothing: for a fault without a begin, repetition or end."""


@dataclass(frozen=True)
class Fault:
    """`again` is repeated every `every_seconds` during the fault. `stops_reader`: the fault kills the capture.

    `stops_reading`: channels are not read for a while. Both kinds begin once the burst is a moment, because chat that
    nobody reads is a gap and cannot become a moment.
    """

    name: str
    begin: Act = nothing
    end: Act = nothing
    seconds: float = 0.0
    again: Act = nothing
    every_seconds: float = 5.0
    stops_reader: bool = False
    stops_reading: bool = False
    stops_page: bool = False
    why_not: str = ""  # why this machine cannot inject it


@dataclass(frozen=True)
class PlayedFault:
    """What was observed during a fault; its effects on the records are measured later."""

    fault: Fault
    login: str
    window: FaultWindow
    recovered_after_seconds: float
    page_percent: float
    first_page_seconds: float | None


def play(world: World, fault: Fault) -> PlayedFault:
    """Inject the fault during a burst and return when the system has recovered."""
    login = world.fresh_channel()
    begins_at = world.burst(login, seconds=16)
    if fault.stops_reader or fault.stops_reading:
        wait_until_most_was_sent(world, login, begins_at)
    else:
        wait_until_the_burst_arrives(world, login)
    with Visitor(world.system.url("api") + "/") as visitor:
        began = time.time()
        try:
            fault.begin(world)
            repeat(world, fault)
        finally:
            ended = time.time()
            fault.end(world)
        wait_for(f"recovery after {fault.name}", lambda: has_recovered(world, ended), RECOVERY_SECONDS, 0.5)
        recovered = time.time()
    died_at = round(began * 1000) if fault.stops_reader else None
    window = FaultWindow(round(begins_at * 1000), round(recovered * 1000), died_at)
    return PlayedFault(
        fault=fault,
        login=login,
        window=window,
        recovered_after_seconds=recovered - ended,
        page_percent=visitor.percent,
        first_page_seconds=visitor.first_page_after(began),
    )


def repeat(world: World, fault: Fault) -> None:
    """Repeat the fault's act for its duration."""
    until = time.monotonic() + fault.seconds
    while time.monotonic() < until:
        fault.again(world)
        time.sleep(min(fault.every_seconds, max(0.0, until - time.monotonic())))  # the fault, not a wait for anything


def has_recovered(world: World, since: float) -> bool:
    """Return whether chat sent after `since` has passed the job and reached Postgres, and the API answers."""
    try:
        rows = world.query(
            "SELECT extract(epoch FROM event_at), extract(epoch FROM now()) FROM pipeline_progress WHERE stage = 'job'"
        )
        world.get("/api/v1/moments")
    except (psycopg.Error, httpx.HTTPError):
        return False
    return bool(rows) and rows[0][0] > since and rows[0][1] - rows[0][0] < FRESH_SECONDS


def measure(world: World, played: PlayedFault, log: Log) -> Line:
    """Measure the fault's effects. A burst's moment that is not closed with an outcome counts as lost."""
    try:
        world.wait_for_moment(played.login, closed_with_outcome, OUTCOME_SECONDS)
        has_outcome = True
    except TooLateError:
        has_outcome = False
    channel_id, window = world.channel_ids[played.login], played.window
    moments = recount.moments_of(world, channel_id)
    return Line(
        fault=played.fault.name,
        lost=len(recount.lost(world, log, window)),
        doubled=len(recount.doubled(world, log, window)),
        moments_lost=int(not moments or not has_outcome),
        moments_doubled=max(0, len(moments) - 1),
        clips_doubled=max(0, recount.clips_of(world, channel_id) - 1),
        rows_wrong=len(recount.rows_wrong(world, log, window)),
        gap_seconds=log.gap_seconds(window),
        recovered_after_seconds=round(played.recovered_after_seconds, 1),
        page_percent=round(played.page_percent, 1),
        first_page_seconds=played.first_page_seconds and round(played.first_page_seconds, 1),
    )
