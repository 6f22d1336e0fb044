"""Watchdog's beat goes to the dead man's switch alone, whatever else is held back; by a real Alertmanager."""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from deployment.operators_end import OperatorsEnd

from embedded.processes.waiting import wait_for

from .alertmanager import BINARY, Alertmanager
from .manual import REPOSITORY
from .test_one_message import QUIET_SECONDS, labels, rules

pytestmark = pytest.mark.skipif(BINARY is None, reason="apt-get install prometheus-alertmanager")
Start = Callable[[str], Alertmanager]


@pytest.fixture
def switch() -> Iterator[OperatorsEnd]:
    """The dead man's switch."""
    end = OperatorsEnd("127.0.0.1", REPOSITORY / "OPERATIONS.md")
    yield end
    end.stop()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Alertmanager] = []

    def at(beat_url: str) -> Alertmanager:
        hour = time.gmtime().tm_hour
        started.append(Alertmanager(tmp_path, f"Etc/GMT{(hour - 2 + 12) % 24 - 12:+d}", beat_url))  # 2 at night
        return started[-1]

    yield at
    for each in started:
        each.stop()


def test_it_beats_at_night_in_a_pause_and_the_operator_hears_nothing(start: Start, switch: OperatorsEnd) -> None:
    alertmanager = start(switch.webhook + "?a=1&b=2")
    alertmanager.fire(*map(labels, ("Watchdog", "Paused", "SlowPath", "DataOld")))
    wait_for("a beat", lambda: switch.told, 20, 0.1)
    time.sleep(QUIET_SECONDS)
    assert {alert["labels"]["alertname"] for alert in switch.alerts()} == {"Watchdog"}
    assert alertmanager.messages() == []


def test_without_an_address_nobody_is_told(start: Start) -> None:
    alertmanager = start("")
    alertmanager.fire(labels("Watchdog"), labels("SiteDown"))
    wait_for("the other one", alertmanager.messages, 15, 0.1)
    time.sleep(QUIET_SECONDS)
    assert alertmanager.messages() == [{"SiteDown"}]


def test_a_silence_leaves_the_beat(start: Start, switch: OperatorsEnd) -> None:
    """A silence of hours would else tell the operator, from outside, that the machine is gone."""
    alertmanager = start(switch.webhook)
    command = [REPOSITORY / "infrastructure/silence.sh", "2h", "a new disk"]
    variables = {"AMTOOL": f"amtool --alertmanager.url={alertmanager.url}", "PATH": "/usr/bin:/bin"}
    subprocess.run(command, env=variables, check=True, capture_output=True)
    alertmanager.fire(labels("Watchdog"), labels("SiteDown"))
    wait_for("a beat", lambda: switch.told, 20, 0.1)
    time.sleep(QUIET_SECONDS)
    assert alertmanager.messages() == []


def test_beats_come_about_once_a_minute() -> None:
    """Alertmanager repeats at a tick of `group_interval` once `repeat_interval` is over: 60 s would miss it."""
    route = yaml.safe_load((REPOSITORY / "configs/alertmanager/alertmanager.yml").read_text())["route"]["routes"][0]
    assert (route["receiver"], route["group_interval"], route["repeat_interval"]) == ("watchdog", "30s", "55s")
    assert rules()["Watchdog"]["labels"]["severity"] == "none"
