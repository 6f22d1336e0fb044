"""A sweep reports what each threshold would raise by itself, and plots it."""

import json
import random
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from chat_analysis.__main__ import main
from chat_analysis.peak_lines import peak_lines
from chat_analysis.sweep import sweep
from moment_detection.detection.rules import RuleBook


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Two hours with bursts of 8 to 50 people."""
    rnd = random.Random(2)
    times = [rnd.uniform(0, 7200) for _ in range(5000)]
    for number in range(12):
        times += [300 + 560 * number + rnd.expovariate(0.3) for _ in range(8 + 4 * number)]
    lines = [json.dumps({"t": t, "user": rnd.randrange(400), "text": "lol"}) + "\n" for t in sorted(times)]
    path = tmp_path / "one.jsonl"
    path.write_text("".join(lines))
    return path


def test_each_step_is_what_its_threshold_raises_alone(recording: Path) -> None:
    swept = sweep([recording], RuleBook({"threshold": 4.0}), (3.0, 4.0, 6.0))
    hours = 2.0
    for step in swept.steps:
        lines = peak_lines(recording, RuleBook({"threshold": step.threshold}))
        assert step.per_hour == pytest.approx(sum(line.clip for line in lines) / hours, rel=0.01)
    lower, same, higher = swept.steps
    assert lower.per_hour > swept.configured[1] > higher.per_hour > 0
    assert (same.more, same.fewer) == (0, 0)
    assert same.per_hour == swept.configured[1]
    assert lower.more > 0 == lower.fewer
    assert higher.fewer > 0 == higher.more


def test_it_prints_and_plots(
    recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    drawing = tmp_path / "sweep.svg"
    monkeypatch.setattr("sys.argv", ["chat_analysis", "--sweep", str(recording), "--plot", str(drawing)])
    assert main() == 0
    printed = capsys.readouterr().out
    assert printed.startswith("Now, at 4: ")
    assert len(printed.splitlines()) == 2 + 11
    drawn = ElementTree.fromstring(drawing.read_text())
    assert len(drawn.findall("{*}polyline")) == 4
