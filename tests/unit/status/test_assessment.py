"""Which stage is ok, behind or down, and the details in the table."""

from dataclasses import replace

import pytest

from status.assessment import DEAD_LETTERS, FREE_BYTES, LAG_RECORDS, SPOOL_BYTES, assess
from status.facts import (
    Broker,
    Capture,
    DiscordBot,
    Disk,
    EmoteCounter,
    Facts,
    Group,
    Job,
    Machine,
    NoAnswer,
    OnlyOn,
    StageProgress,
    StoredFacts,
    ViewerClips,
    Website,
)
from status.line import EXIT_CODES, StageState, StageStatus, worst

BOT = DiscordBot(is_connected=True, servers=3, followed=40, polled_age=4.0)
CAPTURE = Capture(tick_age=2.0, is_holder=True, backlog=4_000.0, gap_seconds=0.0)
WELL = Facts(
    database=StoredFacts({"job": StageProgress(3, 1), "recorder": StageProgress(1, 1), "capture": StageProgress(2, 1)}),
    broker=Broker(2.0),
    groups={"recorder": Group(1, 12), "clip-creator": Group(1, 0), "chat-inspector": Group(1, 0)},
    capture=CAPTURE,
    standby=None,
    job=Job("RUNNING", 2.0, 1_200_000.0),
    viewer_clips=ViewerClips({}, {}, 120.0),
    emotes=EmoteCounter({}, {}, 2.0),
    website=Website(True, build="1.4.0 (0123abc)"),
    disk=Disk("/", 50e9, 100e9),
)
SILENT = NoAnswer("connection refused")


def lines(facts: Facts) -> dict[str, StageStatus]:
    return {line.name: line for line in assess(facts)}


def test_all_stages_are_ok() -> None:
    assert {line.state for line in assess(WELL)} == {StageState.OK}
    assert "discord_bot" not in lines(WELL), "most operators run none"
    assert EXIT_CODES[worst(assess(WELL))] == 0


@pytest.mark.parametrize(
    ("stage", "state", "changed"),
    [
        ("capture", StageState.DOWN, {"capture": SILENT}),
        ("capture", StageState.BEHIND, {"capture": replace(CAPTURE, problems={"chat": "no channel is read yet"})}),
        ("capture", StageState.BEHIND, {"capture": replace(CAPTURE, tick_age=31.0)}),
        ("capture", StageState.BEHIND, {"capture": replace(CAPTURE, backlog=SPOOL_BYTES + 1)}),
        ("capture", StageState.UNKNOWN, {"capture": OnlyOn("machine B")}),
        ("standby", StageState.OK, {"standby": replace(CAPTURE, is_holder=False, backlog=SPOOL_BYTES * 100)}),
        ("standby", StageState.DOWN, {"standby": SILENT}),
        ("kafka", StageState.DOWN, {"broker": SILENT, "groups": SILENT}),
        ("kafka", StageState.BEHIND, {"broker": SILENT}),
        ("kafka", StageState.BEHIND, {"broker": Broker(None)}),
        ("kafka", StageState.BEHIND, {"broker": Broker(31.0)}),
        ("emote_counter", StageState.DOWN, {"emotes": SILENT}),
        ("discord_bot", StageState.OK, {"discord": BOT}),
        ("discord_bot", StageState.DOWN, {"discord": SILENT}),
        ("discord_bot", StageState.BEHIND, {"discord": replace(BOT, is_connected=False)}),
        ("discord_bot", StageState.BEHIND, {"discord": replace(BOT, polled_age=301.0)}),
        ("discord_bot", StageState.BEHIND, {"discord": replace(BOT, polled_age=None)}),
        ("discord_bot", StageState.OK, {"discord": replace(BOT, polled_age=None, followed=0)}),
        ("emote_counter", StageState.BEHIND, {"emotes": EmoteCounter({"kafka": "does not answer"}, {}, 2.0)}),
        ("emote_counter", StageState.BEHIND, {"emotes": EmoteCounter({}, {}, 61.0)}),
        ("emote_counter", StageState.OK, {"emotes": EmoteCounter({}, {"emotes of ffz": "no good answer"}, None)}),
        ("emote_counter", StageState.UNKNOWN, {"emotes": OnlyOn("machine B")}),
        ("viewer_clips", StageState.DOWN, {"viewer_clips": SILENT}),
        ("viewer_clips", StageState.BEHIND, {"viewer_clips": ViewerClips({"kafka": "does not answer"}, {}, 2.0)}),
        ("viewer_clips", StageState.BEHIND, {"viewer_clips": ViewerClips({}, {}, 3_601.0)}),
        ("viewer_clips", StageState.OK, {"viewer_clips": ViewerClips({}, {"twitch": "no TWITCH_CLIENT_ID"}, None)}),
        ("viewer_clips", StageState.UNKNOWN, {"viewer_clips": OnlyOn("machine B")}),
        ("clip_detector", StageState.DOWN, {"job": SILENT}),
        ("clip_detector", StageState.DOWN, {"job": Job("none")}),
        ("clip_detector", StageState.DOWN, {"job": Job("FAILED")}),
        ("clip_detector", StageState.BEHIND, {"job": Job("RESTARTING")}),
        ("clip_detector", StageState.BEHIND, {"job": Job("RUNNING")}),
        ("clip_detector", StageState.BEHIND, {"job": Job("RUNNING", 121.0, 1.0)}),
        ("clip_detector", StageState.BEHIND, {"database": StoredFacts({"job": StageProgress(61, 1)})}),
        (
            "clip_detector",
            StageState.BEHIND,
            {"job": OnlyOn("machine B"), "database": StoredFacts({"job": StageProgress(61, 1)})},
        ),
        ("clip_detector", StageState.OK, {"job": OnlyOn("machine B")}),
        ("clip_detector", StageState.UNKNOWN, {"job": OnlyOn("machine B"), "database": SILENT}),
        ("recorder", StageState.DOWN, {"database": SILENT}),
        ("recorder", StageState.DOWN, {"database": StoredFacts({})}),
        ("recorder", StageState.DOWN, {"database": StoredFacts({"recorder": StageProgress(61, 61)})}),
        ("recorder", StageState.DOWN, {"groups": {"recorder": Group(0, 0)}}),
        ("recorder", StageState.BEHIND, {"groups": {"recorder": Group(1, LAG_RECORDS + 1)}}),
        ("recorder", StageState.OK, {"groups": SILENT}),
        ("clip_creator", StageState.DOWN, {"groups": SILENT}),
        ("clip_creator", StageState.DOWN, {"groups": {}}),
        ("clip_creator", StageState.BEHIND, {"groups": {"clip-creator": Group(1, LAG_RECORDS + 1)}}),
        ("clip_creator", StageState.BEHIND, {"database": StoredFacts({}, old_intents=1)}),
        ("postgres", StageState.DOWN, {"database": SILENT}),
        (
            "postgres",
            StageState.BEHIND,
            {"database": StoredFacts({"job": StageProgress(1, 1)}, dead_letters=DEAD_LETTERS)},
        ),
        ("website", StageState.DOWN, {"website": SILENT}),
        ("website", StageState.BEHIND, {"website": Website(False, "not ready")}),
        ("disk", StageState.BEHIND, {"disk": Disk("/", FREE_BYTES - 1, 10e9)}),
        ("disk", StageState.DOWN, {"disk": NoAnswer("/none: no such folder")}),
        ("machine", StageState.OK, {"machine": Machine()}),
        ("machine", StageState.OK, {"machine": Machine(celsius=79.9, is_raspberry_pi=True, read_ago=30.0)}),
        ("machine", StageState.OK, {"machine": Machine(celsius=95.0)}),
        ("machine", StageState.OK, {"machine": Machine(throttled_before=("throttled",), disk_errors={"sda": 0.0})}),
        ("machine", StageState.BEHIND, {"machine": Machine(celsius=80.0, is_raspberry_pi=True, read_ago=30.0)}),
        ("machine", StageState.BEHIND, {"machine": Machine(throttled=("under_voltage",))}),
        ("machine", StageState.BEHIND, {"machine": Machine(disk_errors={"mmcblk0": 1.0})}),
        ("machine", StageState.BEHIND, {"machine": Machine(read_only=("/",))}),
        ("machine", StageState.BEHIND, {"machine": Machine(is_raspberry_pi=True)}),
        ("machine", StageState.BEHIND, {"machine": Machine(read_ago=901.0)}),
        ("machine", StageState.UNKNOWN, {"machine": SILENT}),
    ],
)
def test_each_trouble_shows_at_its_stage(stage: str, state: StageState, changed: dict[str, object]) -> None:
    assert lines(replace(WELL, **changed))[stage].state is state  # type: ignore[arg-type]


def test_the_version_is_told_once_or_for_each_part() -> None:
    assert lines(WELL)["version"].details == "1.4.0 (0123abc)"
    between = replace(WELL, capture=replace(CAPTURE, build="1.3.0 (fedcba9)"), standby=SILENT)
    assert lines(between)["version"].details == "website 1.4.0 (0123abc), capture 1.3.0 (fedcba9)"
    assert lines(replace(WELL, website=SILENT))["version"].state is StageState.UNKNOWN
    assert EXIT_CODES[worst([lines(replace(WELL, website=SILENT))["version"]])] == 0


def test_a_stage_that_is_down_shows_the_reason() -> None:
    assert lines(replace(WELL, capture=SILENT))["capture"].details == "connection refused"
    assert "connection refused" in lines(replace(WELL, database=SILENT))["recorder"].details


def test_figures_have_their_nouns() -> None:
    facts = replace(WELL, capture=replace(CAPTURE, backlog=4_200.0, gap_seconds=1.0), database=StoredFacts({}, 2, 1))
    found = lines(facts)
    assert found["capture"].details == "at most 4.2 kB to forward, 1 channel-second of gaps since its start"
    assert found["clip_detector"].details == "checkpoint 2 s ago, 1.2 MB"
    assert "2 requests without an outcome" in found["clip_creator"].details
    assert "1 dead letter in 24 h" in found["postgres"].details


def test_what_cannot_be_queried_from_here_is_no_alarm() -> None:
    facts = replace(WELL, capture=OnlyOn("machine B"), job=OnlyOn("machine B"))
    assert lines(facts)["capture"].details == "can only be queried on machine B"
    assert EXIT_CODES[worst(assess(facts))] == 0


def test_the_worst_stage_gives_the_exit_code() -> None:
    behind = replace(WELL, broker=Broker(31.0))
    assert EXIT_CODES[worst(assess(behind))] == 1
    assert EXIT_CODES[worst(assess(replace(behind, website=SILENT)))] == 2


def test_a_note_is_shown_and_makes_nothing_late() -> None:
    line = assess(replace(WELL, capture=replace(CAPTURE, notes={"pinned channel x": "Twitch does not know it"})))[0]
    assert (line.state, line.details) == (StageState.OK, "pinned channel x: Twitch does not know it")


def test_a_standby_tells_how_many_names_are_unknown() -> None:
    standby = replace(CAPTURE, is_holder=False, unknown_names=2)
    line = assess(replace(WELL, standby=standby))[1]
    assert (line.state, line.details) == (
        StageState.OK,
        "standby, not forwarding; 2 pinned channels or games are unknown: see its log",
    )
