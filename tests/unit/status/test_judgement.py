"""Which stage is well, behind or away, and what the table says of it."""

from dataclasses import replace

import pytest

from status.facts import Away, Broker, Capture, Database, Disk, Facts, Group, Job, Stage, Unseen, Website
from status.judgement import DEAD_LETTERS, FREE_BYTES, LAG_RECORDS, SPOOL_BYTES, judge
from status.line import EXIT_CODES, Line, State, worst

WELL = Facts(
    database=Database({"job": Stage(3, 1), "recorder": Stage(1, 1), "capture": Stage(2, 1)}),
    broker=Broker(2.0),
    groups={"recorder": Group(1, 12), "clip-creator": Group(1, 0), "chat-inspector": Group(1, 0)},
    capture=Capture({}, 2.0, True, 4_000.0, 0.0),
    standby=None,
    job=Job("RUNNING", 2.0, 1_200_000.0),
    website=Website(True),
    disk=Disk("/", 50e9, 100e9),
)
AWAY = Away("connection refused")


def lines(facts: Facts) -> dict[str, Line]:
    return {line.name: line for line in judge(facts)}


def test_all_is_well() -> None:
    assert {line.state for line in judge(WELL)} == {State.OK}
    assert EXIT_CODES[worst(judge(WELL))] == 0


@pytest.mark.parametrize(
    ("stage", "state", "changed"),
    [
        ("capture", State.AWAY, {"capture": AWAY}),
        ("capture", State.BEHIND, {"capture": Capture({"chat": "no channel is read yet"}, 2.0, True, 0.0, 0.0)}),
        ("capture", State.BEHIND, {"capture": Capture({}, 31.0, True, 0.0, 0.0)}),
        ("capture", State.BEHIND, {"capture": Capture({}, 2.0, True, SPOOL_BYTES + 1, 0.0)}),
        ("capture", State.UNSEEN, {"capture": Unseen("machine B")}),
        ("standby", State.OK, {"standby": Capture({}, 2.0, False, SPOOL_BYTES * 100, 0.0)}),
        ("standby", State.AWAY, {"standby": AWAY}),
        ("kafka", State.AWAY, {"broker": AWAY, "groups": AWAY}),
        ("kafka", State.BEHIND, {"broker": AWAY}),
        ("kafka", State.BEHIND, {"broker": Broker(None)}),
        ("kafka", State.BEHIND, {"broker": Broker(31.0)}),
        ("clip_detector", State.AWAY, {"job": AWAY}),
        ("clip_detector", State.AWAY, {"job": Job("none")}),
        ("clip_detector", State.AWAY, {"job": Job("FAILED")}),
        ("clip_detector", State.BEHIND, {"job": Job("RESTARTING")}),
        ("clip_detector", State.BEHIND, {"job": Job("RUNNING")}),
        ("clip_detector", State.BEHIND, {"job": Job("RUNNING", 121.0, 1.0)}),
        ("clip_detector", State.BEHIND, {"database": Database({"job": Stage(61, 1)})}),
        ("clip_detector", State.BEHIND, {"job": Unseen("machine B"), "database": Database({"job": Stage(61, 1)})}),
        ("clip_detector", State.OK, {"job": Unseen("machine B")}),
        ("clip_detector", State.UNSEEN, {"job": Unseen("machine B"), "database": AWAY}),
        ("recorder", State.AWAY, {"database": AWAY}),
        ("recorder", State.AWAY, {"database": Database({})}),
        ("recorder", State.AWAY, {"database": Database({"recorder": Stage(61, 61)})}),
        ("recorder", State.AWAY, {"groups": {"recorder": Group(0, 0)}}),
        ("recorder", State.BEHIND, {"groups": {"recorder": Group(1, LAG_RECORDS + 1)}}),
        ("recorder", State.OK, {"groups": AWAY}),
        ("clip_creator", State.AWAY, {"groups": AWAY}),
        ("clip_creator", State.AWAY, {"groups": {}}),
        ("clip_creator", State.BEHIND, {"groups": {"clip-creator": Group(1, LAG_RECORDS + 1)}}),
        ("clip_creator", State.BEHIND, {"database": Database({}, old_intents=1)}),
        ("postgres", State.AWAY, {"database": AWAY}),
        ("postgres", State.BEHIND, {"database": Database({"job": Stage(1, 1)}, dead_letters=DEAD_LETTERS)}),
        ("website", State.AWAY, {"website": AWAY}),
        ("website", State.BEHIND, {"website": Website(False, "not ready")}),
        ("disk", State.BEHIND, {"disk": Disk("/", FREE_BYTES - 1, 10e9)}),
        ("disk", State.AWAY, {"disk": Away("/none: no such folder")}),
    ],
)
def test_each_trouble_is_seen_at_its_stage(stage: str, state: State, changed: dict[str, object]) -> None:
    assert lines(replace(WELL, **changed))[stage].state is state  # type: ignore[arg-type]


def test_a_stage_says_why_it_is_away() -> None:
    assert lines(replace(WELL, capture=AWAY))["capture"].backlog == "connection refused"
    assert "connection refused" in lines(replace(WELL, database=AWAY))["recorder"].backlog


def test_figures_are_told_with_their_nouns() -> None:
    facts = replace(WELL, capture=Capture({}, 2.0, True, 4_200.0, 1.0), database=Database({}, 2, 1))
    told = lines(facts)
    assert told["capture"].backlog == "at most 4.2 kB to forward, 1 second of gaps"
    assert told["clip_detector"].backlog == "checkpoint 2 s ago, 1.2 MB"
    assert "2 intents without outcome" in told["clip_creator"].backlog
    assert "1 dead letter in a day" in told["postgres"].backlog


def test_what_cannot_be_asked_from_here_is_no_alarm() -> None:
    facts = replace(WELL, capture=Unseen("machine B"), job=Unseen("machine B"))
    assert lines(facts)["capture"].backlog == "can only be asked on machine B"
    assert EXIT_CODES[worst(judge(facts))] == 0


def test_the_worst_stage_gives_the_exit_code() -> None:
    behind = replace(WELL, broker=Broker(31.0))
    assert EXIT_CODES[worst(judge(behind))] == 1
    assert EXIT_CODES[worst(judge(replace(behind, website=AWAY)))] == 2
