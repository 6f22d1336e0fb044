"""The table fits into 80 columns, names the next command, and says the same in JSON."""

import json

import pytest

from status.commands import SERVICES, with_commands
from status.line import Line, State, age, size
from status.table import WIDTH, as_json, text

STAGES = [*SERVICES, "disk"]


def lines(state: State, disk: State = State.OK) -> list[Line]:
    return [Line(name, disk if name == "disk" else state, 3.0, "some words " * 20) for name in STAGES]


def test_no_line_is_wider_than_a_terminal() -> None:
    assert max(len(row) for row in text(lines(State.OK)).splitlines()) <= WIDTH


@pytest.mark.parametrize("here", ["demo", "A", "B"])
@pytest.mark.parametrize("state", [State.BEHIND, State.AWAY])
def test_each_stage_that_is_not_well_has_a_next_command(here: str, state: State) -> None:
    assert all(line.next for line in with_commands(lines(state, state), here))  # type: ignore[arg-type]
    assert not any(line.next for line in with_commands(lines(State.OK), here))  # type: ignore[arg-type]


def test_where_nothing_runs_the_demo_is_started_and_said_once() -> None:
    told = with_commands(lines(State.AWAY), "demo")
    assert {line.next for line in told if line.name != "disk"} == {"make demo"}
    assert text(told).count("make demo") == 1


def test_in_the_demo_the_stages_own_log_is_shown() -> None:
    (line,) = with_commands([Line("capture", State.BEHIND, None, "")], "demo")
    assert line.next == "tail -n 30 .demo/logs/stream_monitoring.log"


def test_a_command_for_the_other_machine_says_so() -> None:
    away = [Line("recorder", State.AWAY, None, ""), Line("postgres", State.OK, None, "")]
    on_b = "docker compose -f docker-compose.processing.yml up -d recorder"
    assert with_commands(away, "B")[0].next == on_b
    assert with_commands(away, "A")[0].next == f"on machine B: {on_b}"


def test_json_says_the_same() -> None:
    said = json.loads(as_json(with_commands(lines(State.BEHIND), "demo")))
    assert said["state"] == "behind"
    assert [stage["name"] for stage in said["stages"]] == STAGES
    assert said["stages"][0]["freshness_seconds"] == 3.0
    assert said["stages"][0]["next"]


@pytest.mark.parametrize(
    ("seconds", "said"), [(None, "-"), (-1, "0 s"), (119, "119 s"), (120, "2 min"), (7200, "2 h"), (172_800, "2 d")]
)
def test_ages_are_short(seconds: float | None, said: str) -> None:
    assert age(seconds) == said


@pytest.mark.parametrize(("count", "said"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (73e9, "73 GB")])
def test_sizes_are_short(count: float, said: str) -> None:
    assert size(count) == said
