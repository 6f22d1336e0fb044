"""Each threshold is played just below and just above: a rule that fires somewhat earlier or later fails its tests.

Some hundred runs of promtool: part of `make test-rules` and of `make test-deployment`.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from .manual import REPOSITORY

FOLDER = REPOSITORY / "configs/prometheus"
NUMBER = re.compile(r"(?:>=|<=|>|<)\s*(?:bool\s+)?(\d[\d.e]*)")
WITHOUT_MEASURE = {0.0, 1.0}  # something is there or not
SMALL = range(2, 10)  # of things that are counted: one less, one more
EARLIER_OR_LATER = (0.8, 1.25)
pytestmark = [
    pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool: apt-get install prometheus"),
    pytest.mark.skipif(not os.environ.get("DEPLOYMENT"), reason="a minute of promtool: `make test-rules`"),
]
# Two windows each, the longer of which is played; the shorter one only ends the alert.
NOT_PLAYED = {"FreshnessBudget": {"0.144", "0.06"}, "SiteBudget": {"0.072", "0.03"}}


def rules() -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted(FOLDER.glob("*rules.yml")):
        for group in yaml.safe_load(path.read_text())["groups"]:
            yield from ((path, rule) for rule in group["rules"])


def thresholds(rule: dict[str, Any]) -> Iterator[re.Match[str]]:
    for found in {found[0]: found for found in NUMBER.finditer(rule["expr"])}.values():
        if float(found[1]) not in WITHOUT_MEASURE and found[1] not in NOT_PLAYED.get(rule["alert"], ()):
            yield found


PLAYED = [
    pytest.param(path, rule, found, share, id=f"{rule['alert']} {found[0]} times {share}")
    for path, rule in rules()
    for found in thresholds(rule)
    for share in EARLIER_OR_LATER
]


def told(folder: Path, path: Path, rule: dict[str, Any]) -> str:
    """What the tests of the file say of this one rule."""
    folder.mkdir()
    (folder / path.name).write_text(yaml.safe_dump({"groups": [{"name": "one", "rules": [rule]}]}))
    file = path.name.replace("rules.yml", "rules_test.yml")
    document = yaml.safe_load(re.sub(r"values: (0x[^}]*)}", r"values: '\1'}", (FOLDER / file).read_text()))  # no number
    document["tests"] = [each for each in document["tests"] if rule["alert"] in yaml.safe_dump(each)]
    (folder / file).write_text(yaml.safe_dump(document))
    done = subprocess.run(
        ["promtool", "test", "rules", file], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(("path", "rule", "found", "share"), PLAYED)
def test_a_rule_with_another_threshold_is_noticed(
    path: Path, rule: dict[str, Any], found: re.Match[str], share: float, tmp_path: Path
) -> None:
    number = float(found[1])
    moved = number + (1 if share > 1 else -1) if number in SMALL else number * share
    other = rule["expr"].replace(found[0], f"{found[0].removesuffix(found[1])}{moved!r}")
    assert told(tmp_path / "ours", path, rule) != told(tmp_path / "other", path, {**rule, "expr": other})
