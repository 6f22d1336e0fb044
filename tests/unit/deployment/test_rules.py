"""The alert rules, asked by Prometheus's own tool; the deployment tests ask the image's."""

import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml

from .manual import REPOSITORY

FOLDER = REPOSITORY / "configs/prometheus"
TESTS = sorted(FOLDER.glob("*rules_test.yml"))
pytestmark = pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool: apt-get install prometheus")


def test_each_alert_fires_on_its_fault_alone() -> None:
    done = subprocess.run(
        ["promtool", "test", "rules", *(path.name for path in TESTS)],
        cwd=FOLDER,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def played() -> list[tuple[str, bool]]:
    """What the tests expect: an alert's name and whether it fires, for each expectation."""
    found: list[tuple[str, bool]] = []
    for test in (test for path in TESTS for test in yaml.safe_load(path.read_text())["tests"]):
        for each in test.get("alert_rule_test", []):
            found.append((each["alertname"], bool(each.get("exp_alerts"))))
        for each in test.get("promql_expr_test", []):
            found += expected(each)
    return found


def expected(asked: dict[str, Any]) -> list[tuple[str, bool]]:
    fires = [(name, True) for name in re.findall(r'alertname="(\w+)"', str(asked.get("exp_samples", [])))]
    named = re.findall(r"\w+", "".join(re.findall(r'alertname=~?"([^"]+)"', asked["expr"])))
    return fires + [(name, False) for name in named if (name, True) not in fires]


def test_each_alert_is_played_firing_and_silent() -> None:
    files = list(FOLDER.glob("*rules.yml"))
    groups = [group for path in files for group in yaml.safe_load(path.read_text())["groups"]]
    names = {rule["alert"] for group in groups for rule in group["rules"]}
    assert {path.name.replace("_test", "") for path in TESTS} == {path.name for path in files}
    assert {name for name, fires in played() if fires} >= names
    assert {name for name, fires in played() if not fires} >= names


def test_prometheus_reads_each_file_of_rules() -> None:
    read = yaml.safe_load((FOLDER / "prometheus.yml").read_text())["rule_files"]
    assert set(read) == {path.name for path in FOLDER.glob("*rules.yml")}
