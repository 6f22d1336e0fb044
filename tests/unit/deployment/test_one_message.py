"""One cause, one message: what each alert says and holds back, and what is told at night; by a real Alertmanager."""

import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest
import yaml

from embedded.processes.waiting import wait_for

from .alertmanager import BINARY, CONFIGURATION, Alertmanager, rules
from .manual import REPOSITORY, shell_problem

needs_alertmanager = pytest.mark.skipif(BINARY is None, reason="apt-get install prometheus-alertmanager")
AT_NIGHT = {"SiteDown", "SiteDownOutside", "ChatDropped", "ChatNotRead", "DiskFillsSoon", "SignInNeeded"}
EVERYTHING = "Paused"  # held back by hand, by a deploy
QUIET_SECONDS = 4  # all that will be told is told by then: groups wait one second
ON_A = [
    {"alertname": "ProcessDown", "job": job, "machine": "reliable"}
    for job in ("api-frontend", "watcher", "stream-monitoring-standby", "discord-bot")
]
FAULTS = {
    "machine A is away": (
        "SiteDown",
        [*ON_A, "PostgresAway", "RedisAway", "DataOld", "RecordsWait", "FreshnessBudget"],
    ),
    "Kafka is away": (
        "KafkaAway",
        ["NobodyForwards", "SpoolGrows", "JobRestarting", "CheckpointsStopped", "DataOld", "JobBehind"],
    ),
    "Postgres is away": ("PostgresAway", ["SiteErrors", "SiteBudget", "WatcherStuck", "DataOld", "TypedBackupOld"]),
    "Postgres is away and visitors notice": (
        "SiteDownOutside",
        ["PostgresAway", "SiteErrors", "DataOld", "WatcherStuck"],
    ),
    "the tunnel is away": (
        "SiteDownOutside",
        ["TunnelAway", {"alertname": "ProcessDown", "job": "cloudflared", "machine": "reliable"}],
    ),
    "the job is gone": ("JobGone", ["CheckpointsStopped", "DataOld", "JobBehind", "NoClips", "FreshnessBudget"]),
    "nobody is signed in": ("SignInNeeded", ["NoClips", "ClipsRefused"]),
    "a disk is full": (
        {"alertname": "DiskFull", "machine": "reliable"},
        [{"alertname": name, "machine": "reliable"} for name in ("DiskFillsToday", "SlowDisk")],
    ),
    "a power supply is too weak": (
        {"alertname": "UnderVoltage", "machine": "reliable"},
        [{"alertname": "MachineThrottled", "machine": "reliable"}],
    ),
    "a card is dying": (
        {"alertname": "DiskReadOnly", "machine": "reliable"},
        [{"alertname": name, "machine": "reliable"} for name in ("DiskErrors", "SlowDisk")],
    ),
    "the task manager is down": (
        {"alertname": "ProcessDown", "job": "flink-taskmanager", "machine": "processing"},
        [
            {"alertname": "ProcessDown", "job": "clip-detector", "machine": "processing"},
            {"alertname": "RestartLoop", "job": "flink-taskmanager", "machine": "processing"},
            "DataOld",
            "JobBehind",
        ],
    ),
}
Labels = str | dict[str, str]


def labels(alert: Labels) -> dict[str, str]:
    return {"alertname": alert} if isinstance(alert, str) else alert


def held_back() -> dict[str, set[str]]:
    """What each alert holds back, by Alertmanager's rules."""
    found: dict[str, set[str]] = {}
    for rule in yaml.safe_load((CONFIGURATION / "alertmanager.yml").read_text())["inhibit_rules"]:
        source, target = (
            re.search(r'alertname =~? "([^"]+)"', " ".join(rule[f"{side}_matchers"])) for side in ("source", "target")
        )
        if source and source[1] != EVERYTHING:
            assert target
            found.setdefault(source[1], set()).update(target[1].split("|"))
    return found


@pytest.mark.parametrize("name", sorted(set(rules()) - {EVERYTHING}))
def test_an_alert_says_what_is_lost_and_what_to_type(name: str) -> None:
    annotations = rules()[name]["annotations"]
    assert annotations["notice"].endswith(".")
    machine, command = (
        annotations["first"].split(": ", 1) if ": " in annotations["first"] else ("", annotations["first"])
    )
    assert (
        machine in ("A", "B", "On that machine", "Either machine") or "infrastructure/backup.sh" in annotations["first"]
    )
    assert not shell_problem(re.sub(r"\{\{.*?\}\}", "", command))
    named = annotations.get("holds_back", "")
    assert set(filter(None, named.split(", "))) == held_back().get(name, set())


def test_what_holds_back_exists_and_is_no_circle() -> None:
    found = held_back()
    assert found
    assert set(found) | set().union(*found.values()) <= set(rules())
    list(TopologicalSorter({name: targets - {name} for name, targets in found.items()}).static_order())


def test_what_is_told_at_night_is_never_held_back() -> None:
    assert {name for name, rule in rules().items() if rule["labels"].get("at_night") == "yes"} == AT_NIGHT
    assert not AT_NIGHT & set().union(*held_back().values())


def zone_where(hour: int) -> str:
    """Return a time zone in which it is that hour now."""
    ahead = (hour - datetime.now(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}"  # its signs are POSIX's: -2 is ahead


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[int], Alertmanager]]:
    """Start one where it is that hour now."""
    started: list[Alertmanager] = []

    def at(hour: int) -> Alertmanager:
        started.append(Alertmanager(tmp_path, zone_where(hour)))
        return started[-1]

    yield at
    for each in started:
        each.stop()


@pytest.fixture(scope="module")
def after_faults(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Alertmanager]]:
    """Each fault in its own Alertmanager, by day, all at one time: what will be told is told."""
    found: dict[str, Alertmanager] = {}
    try:
        for fault, (cause, others) in FAULTS.items():
            found[fault] = Alertmanager(tmp_path_factory.mktemp("alertmanager"), zone_where(12))
            found[fault].fire(labels(cause), *map(labels, others))
        for fault, alertmanager in found.items():
            wait_for(f"a message of {fault}", alertmanager.messages, 15, 0.1)
        time.sleep(QUIET_SECONDS)
        yield found
    finally:
        for each in found.values():
            each.stop()


@needs_alertmanager
@pytest.mark.parametrize("fault", FAULTS)
def test_one_cause_is_one_message(fault: str, after_faults: dict[str, Alertmanager]) -> None:
    assert after_faults[fault].messages() == [{labels(FAULTS[fault][0])["alertname"]}]
    told: Any = after_faults[fault].operator.told[0]["alerts"][0]["annotations"]
    assert told["notice"]
    assert told["first"]


@needs_alertmanager
def test_two_causes_are_two_messages(start: Callable[[int], Alertmanager]) -> None:
    alertmanager = start(12)
    alertmanager.fire(labels("SignInNeeded"), labels("NobodyForwards"), labels("NoClips"))
    wait_for("both", lambda: len(alertmanager.messages()) >= 2, 15, 0.1)
    time.sleep(QUIET_SECONDS)
    assert sorted(map(sorted, alertmanager.messages())) == [["NobodyForwards"], ["SignInNeeded"]]


@needs_alertmanager
@pytest.mark.parametrize("hour", [23, 3, 7])
def test_at_night_only_what_cannot_wait_is_told(hour: int, start: Callable[[int], Alertmanager]) -> None:
    alertmanager = start(hour)
    alertmanager.fire(*(labels(name) for name in rules() if name != EVERYTHING))
    wait_for("all of the night", lambda: set().union(*alertmanager.messages()) >= AT_NIGHT, 15, 0.1)
    time.sleep(QUIET_SECONDS)
    assert set().union(*alertmanager.messages()) == AT_NIGHT


@needs_alertmanager
def test_by_day_a_warning_is_told(start: Callable[[int], Alertmanager]) -> None:
    alertmanager = start(9)
    alertmanager.fire(labels("SlowPath"))
    assert wait_for("the warning", alertmanager.messages, 15, 0.1) == [{"SlowPath"}]


@needs_alertmanager
def test_an_unknown_time_zone_is_said_and_alerts_are_told(tmp_path: Path) -> None:
    alertmanager = Alertmanager(tmp_path, "Europe/Berlim")
    try:
        assert "OPERATOR_ZONE=Europe/Berlim: no time zone" in (tmp_path / "log").read_text()
        alertmanager.fire(labels("SiteDown"))
        assert wait_for("an alert", alertmanager.messages, 15, 0.1) == [{"SiteDown"}]
    finally:
        alertmanager.stop()


@needs_alertmanager
def test_a_silence_holds_back_until_it_is_ended(start: Callable[[int], Alertmanager]) -> None:
    alertmanager = start(12)

    def silence(*arguments: str) -> subprocess.CompletedProcess[str]:
        variables = {"AMTOOL": f"amtool --alertmanager.url={alertmanager.url}", "PATH": "/usr/bin:/bin"}
        command = ["make", "--silent", "silence", f"FOR={arguments[0]}", f"REASON={''.join(arguments[1:])}"]
        return subprocess.run(command, cwd=REPOSITORY, env=variables, capture_output=True, text=True, check=False)

    assert "Say for how long and why" in silence("2 hours", "").stderr
    assert "for 2h: a new disk" in silence("2h", "a new disk").stdout
    alertmanager.fire(labels("SiteDown"))
    time.sleep(QUIET_SECONDS)
    assert alertmanager.messages() == []
    assert silence("end").stdout.endswith("told again.\n")
    assert wait_for("the alert", alertmanager.messages, 15, 0.1) == [{"SiteDown"}]
    assert silence("end").stdout == "Nothing is silenced.\n"


@needs_alertmanager
def test_a_message_on_discord_is_complete(tmp_path: Path) -> None:
    annotations = rules()["SiteDown"]["annotations"] | {"runbook_url": "https://git.example.org/OPERATIONS.md#sitedown"}
    alert = {"status": "firing", "labels": {"alertname": "SiteDown"}, "annotations": annotations}
    (tmp_path / "data").write_text(json.dumps({"status": "firing", "alerts": [alert]}))
    command = ["amtool", "template", "render", f"--template.glob={CONFIGURATION}/message.tmpl"]
    command += ['--template.text={{ template "operator.text" . }}', f"--template.data={tmp_path / 'data'}"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for part in ("summary", "notice", "first", "holds_back", "panel_url", "runbook_url"):
        assert annotations[part] in said
    assert said.count("\n") < 10
