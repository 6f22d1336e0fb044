"""The table fits into 80 columns, names the next command, and has the same content as JSON."""

import json

import pytest

from status.commands import SERVICES, with_commands
from status.line import StageState, StageStatus
from status.table import WIDTH, as_json, text
from status.units import age_text, size_text

STAGES = [*SERVICES, "disk"]


def lines(state: StageState, disk: StageState = StageState.OK) -> list[StageStatus]:
    return [
        StageStatus(name, disk if name == "disk" else state, age=3.0, details="some words " * 20) for name in STAGES
    ]


def test_no_line_is_wider_than_a_terminal() -> None:
    assert max(len(row) for row in text(lines(StageState.OK)).splitlines()) <= WIDTH


@pytest.mark.parametrize("here", ["demo", "A", "B"])
@pytest.mark.parametrize("state", [StageState.BEHIND, StageState.DOWN])
def test_each_stage_that_is_not_ok_has_a_next_command(here: str, state: StageState) -> None:
    assert all(line.next for line in with_commands(lines(state, state), here))  # type: ignore[arg-type]
    assert not any(line.next for line in with_commands(lines(StageState.OK), here))  # type: ignore[arg-type]


def test_if_nothing_runs_the_demos_start_is_named_once() -> None:
    lines_ = with_commands(lines(StageState.DOWN), "demo")
    assert {line.next for line in lines_ if line.name != "disk"} == {"make demo"}
    assert text(lines_).count("make demo") == 1


def test_the_demos_command_shows_the_stages_log() -> None:
    (line,) = with_commands([StageStatus("capture", StageState.BEHIND)], "demo")
    assert line.next == "tail -n 30 .demo/logs/stream_monitoring.log"


def test_a_command_for_the_other_machine_names_it() -> None:
    down = [StageStatus("recorder", StageState.DOWN), StageStatus("postgres", StageState.OK)]
    on_b = "docker compose -f docker-compose.processing.yml up -d recorder"
    assert with_commands(down, "B")[0].next == on_b
    assert with_commands(down, "A")[0].next == f"on machine B: {on_b}"


def test_json_has_the_same_content() -> None:
    content = json.loads(as_json(with_commands(lines(StageState.BEHIND), "demo")))
    assert content["state"] == "behind"
    assert [stage["name"] for stage in content["stages"]] == STAGES
    assert content["stages"][0]["age_seconds"] == 3.0
    assert content["stages"][0]["next"]


@pytest.mark.parametrize(
    ("seconds", "expected"), [(None, "-"), (-1, "0 s"), (119, "119 s"), (120, "2 min"), (7200, "2 h"), (172_800, "2 d")]
)
def test_ages_are_short(seconds: float | None, expected: str) -> None:
    assert age_text(seconds) == expected


@pytest.mark.parametrize(("count", "expected"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (73e9, "73 GB")])
def test_sizes_are_short(count: float, expected: str) -> None:
    assert size_text(count) == expected
