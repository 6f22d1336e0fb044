"""OPERATIONS.md has an entry for each alert, and names only what exists."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts import metrics
from recorder.opt_out import arguments
from watcher.condition import Ages, Condition
from watcher.notice import Times, compose

from .manual import REPOSITORY, blocks, commands, compose_commands, shell_problem, text, unknown_services
from .test_names_agree import OTHERS_METRICS, known_variables, queried

MANUAL = text("OPERATIONS.md")
COMPOSE = {"A": "docker-compose.reliable.yml", "B": "docker-compose.processing.yml"}
PARTS = ("**Means:**", "**Look**", "**Do", "**Over:**")
PREFIXES = (
    r"stream_monitoring|clip_detector|recorder|clip_creator|emote_counts|emote_catalogue|twitch|api|watcher|discord_bot"
    r"|stream_scout|flink|backup|viewer_clips"
)


def section(title: str) -> str:
    """The text below a heading, up to the next one of its rank."""
    rank = re.search(rf"^(#+) {re.escape(title)}$", MANUAL, re.MULTILINE)
    assert rank, title
    return re.split(rf"^#{{1,{len(rank[1])}}} ", MANUAL[rank.end() :], maxsplit=1, flags=re.MULTILINE)[0]


def rules() -> list[dict[str, Any]]:
    files = sorted((REPOSITORY / "configs/prometheus").glob("*rules.yml"))
    groups = [group for file in files for group in yaml.safe_load(file.read_text())["groups"]]
    return [rule for group in groups for rule in group["rules"]]


def entries() -> list[str]:
    return re.findall(r"^### (.+)$", section("Alerts"), re.MULTILINE)


def test_each_alert_has_an_entry_and_each_entry_an_alert() -> None:
    assert sorted(entries()) == sorted(rule["alert"] for rule in rules())


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_each_alert_names_its_entry(rule: dict[str, Any]) -> None:
    assert rule["annotations"]["runbook_url"] == f"{{{{ $externalLabels.operations_url }}}}#{rule['alert'].lower()}"


@pytest.mark.parametrize("alert", entries())
def test_each_entry_has_its_four_parts_in_order(alert: str) -> None:
    places = [section(alert).find(part) for part in PARTS]
    assert -1 not in places
    assert places == sorted(places)
    look = section(alert)[places[1] : places[2]]
    assert blocks(look), "a command to look with"


@pytest.mark.parametrize("condition", Condition)
def test_each_message_of_the_watcher_has_its_row(condition: Condition) -> None:
    before = Condition.DATA_OLD if condition is Condition.WELL else Condition.WELL
    message = compose(before, condition, Times(at=600.0, observed_at=500.0, began_at=400.0), Ages(100.0, 400.0)).text
    assert any(all(part in message for part in row) for row in watcher_rows()), message


def test_the_message_after_an_outage_has_its_row() -> None:
    times, ages = Times(at=600.0, observed_at=500.0, began_at=400.0), Ages(1.0, 400.0)
    message = compose(Condition.HEARTBEAT_STOPPED, Condition.DATA_OLD, times, ages).text
    assert any(row[0] in message for row in watcher_rows() if "back" in row[0]), message


def watcher_rows() -> list[list[str]]:
    """The quoted pieces of each message in the first column."""
    firsts = re.findall(r"^\| ([^|]+) \|", section("The watcher"), re.MULTILINE)
    return [quoted for first in firsts if (quoted := re.findall(r"`([^`]+)`", first))]


@pytest.mark.parametrize("command", compose_commands(MANUAL))
def test_compose_commands_name_services_that_exist(command: str) -> None:
    assert not unknown_services(command)


@pytest.mark.parametrize("line", blocks(MANUAL))
def test_commands_are_valid_shell(line: str) -> None:
    assert not shell_problem(line)


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile") + text("infrastructure/deployment.mk"), re.MULTILINE))
    named = {found[1] for line in commands(MANUAL) if (found := re.match(r"make ([a-z-]+)", line))}
    assert "status" in named
    assert named <= targets


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\b(?:infrastructure|configs|tools)/[\w./-]*\w", MANUAL))))
def test_files_exist(path: str) -> None:
    assert (REPOSITORY / path).is_file()


def test_scripts_take_the_options_that_are_named() -> None:
    assert 'add_argument("--dead-letters"' in text("tools/status/main.py")
    assert 'add_argument("--device"' in text("seed_twitch_tokens.py")


def test_metrics_exist() -> None:
    files = {Path(name).stem for name in secrets()}
    named = set(re.findall(rf"`((?:{PREFIXES})_\w+)`", MANUAL)) - files
    for expression in re.findall(r"http://127\.0\.0\.1:9090 '([^']+)'", MANUAL):
        named |= {re.sub(r"_(bucket|count|sum)$", "", name) for name in queried(expression)}
    known = {metric.name for metric in metrics.ALL}
    assert "stream_monitoring_holder" in named
    assert not {name for name in named if name not in known and not OTHERS_METRICS.match(name)}


def test_variables_exist() -> None:
    known = known_variables() | set(re.findall(r"\$\{(\w+)", "".join(text(file) for file in COMPOSE.values())))
    named = set(re.findall(r"`([A-Z]+_[A-Z_]+)`", MANUAL))
    assert named
    assert not named - known


def test_tables_exist() -> None:
    migrations = "".join(path.read_text() for path in (REPOSITORY / "infrastructure/postgres/migrations").glob("*.sql"))
    tables = re.findall(r"FROM (?!pg_)(\w+)", MANUAL)
    assert tables
    for table in tables:
        assert f"CREATE TABLE {table} (" in migrations


def test_ports_that_are_asked_from_outside_are_published() -> None:
    published = "".join(text(file) for file in COMPOSE.values())
    asked = {port for line in commands(MANUAL) if line.startswith("curl") for port in re.findall(r":(\d+)/", line)}
    assert {"8080", "5000"} <= asked
    for port in asked:
        assert f":{port}:{port}" in published, port


def test_paths_in_containers_are_mounted() -> None:
    for line in compose_commands(MANUAL):
        for path in re.findall(r"/var/lib/[\w-]+|/opt/stream-scout/\w+", line):
            assert path in text(COMPOSE["B"]), path


def secrets() -> list[str]:
    """The files that `make secrets` makes, and the tokens' folder."""
    script = re.sub(r"^\s*#.*\n", "", text("infrastructure/secrets.sh"), flags=re.MULTILINE)
    found = re.findall(r"^(?:passwords|keys|by_hand)=\(([^)]*)\)$", script, re.MULTILINE)
    return " ".join(found).split()


def test_each_secret_can_be_changed() -> None:
    table = section("New secrets")
    for name in [*secrets(), "twitch/"]:
        assert f"`{name}`" in table, name


def test_opt_outs_commands_are_those_of_the_program() -> None:
    typed = re.findall(r"python -m recorder\.opt_out (\w+) ?([A-Z]*)", section("Opt-out"))
    assert {command for command, _ in typed} == {"add", "remove", "list"}
    for command, channel in typed:
        assert arguments([command, *filter(None, [channel])]).command == command
    assert "opt_outs.json" in text("services/stream_monitoring/main.py")
    assert "opted-out channels erased" in text("services/stream_monitoring/privacy/erasure.py")
