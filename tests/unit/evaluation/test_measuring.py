"""`make evaluate` as a whole on small made-up recordings, and its parts."""

import gzip
import json
import os
import random
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from evaluation import report
from evaluation.__main__ import main
from evaluation.baselines import BASELINES, ranked_peaks
from evaluation.bootstrap import BLOCK_SECONDS, blocks, draw, interval
from evaluation.measuring import COMPARED, OURS, covered, measure, play
from evaluation.recorded import DataSet, load, read_all
from evaluation.scoring import Ranked, Segment
from moment_detection.settings import RuleSettings

HOUR = 3600
SETS = ("kappa-1", "sphynx-1", "bocru-1")


@pytest.fixture
def chat_data(tmp_path: Path) -> Path:
    """An hour of each set, with bursts that are the truth of the first two."""
    bursts = (700, 1400, 2100, 2800)
    for seed, name in enumerate(SETS):
        rnd = random.Random(seed)
        times = [rnd.uniform(0, HOUR) for _ in range(1800)]
        for begins in bursts if name != "bocru-1" else ():
            times += [begins + 15 + rnd.expovariate(0.2) for _ in range(60)]
        lines = [json.dumps({"t": t, "user": rnd.randrange(200), "text": "lol"}) + "\n" for t in sorted(times)]
        (tmp_path / f"{name}.jsonl.gz").write_bytes(gzip.compress("".join(lines).encode()))
    truth = {name: [{"start": at, "end": at + 20} for at in bursts] for name in SETS[:2]}
    (tmp_path / "truth.json").write_text(json.dumps(truth))
    (tmp_path / "index.json").write_text(json.dumps({name: {"hours": 1.0} for name in SETS}))
    return tmp_path


def test_our_score_equals_the_baseline_of_the_same_formula(chat_data: Path) -> None:
    played = play(load(chat_data, DataSet("kappa", "k")), RuleSettings().rules())
    ours = {moment.t: round(moment.score, 3) for moment in played.lists[OURS]}
    theirs = {moment.t: round(moment.score, 3) for moment in played.lists[COMPARED]}
    assert ours == {t: pytest.approx(score, abs=0.002) for t, score in theirs.items()}
    measured = measure(played)
    assert measured[OURS].whole.average_precision == 1.0
    assert measured[OURS].difference_interval == (0.0, 0.0)
    assert all(share > 0.9 for _, share in covered(played))
    assert len(covered(played)) == 4


def test_baselines_find_the_bursts_without_the_future(chat_data: Path) -> None:
    (recorded,) = read_all(load(chat_data, DataSet("kappa", "k")))
    cut = recorded._replace(messages=recorded.messages[:1500], speakers=recorded.speakers[:1500])
    for score in BASELINES.values():
        scores = score(recorded)
        assert score(cut) == scores[:1500]
        best = sorted(ranked_peaks(recorded, scores), key=lambda each: -each.score)[:4]
        assert sorted(each.t // 700 for each in best) == [1, 2, 3, 4]


def test_a_list_that_is_better_everywhere_is_surely_better() -> None:
    segments = [Segment("a", at, at + 10) for at in range(450, 36_000, BLOCK_SECONDS)]
    good = [Ranked("a", each.start + 5, 9.0) for each in segments]
    bad = [Ranked("a", each.start - 100, 9.0) for each in segments] + [each._replace(score=1.0) for each in good]
    draws = draw(blocks(segments, {"good": good, "bad": bad}, {"a": 10.0}), ["good", "bad"], rounds=50)
    assert interval([each["good"] - each["bad"] for each in draws]).low > 0.4
    assert all(each["good"] == pytest.approx(1.0) for each in draws)


def test_a_moment_is_in_the_block_of_the_segment_it_hits() -> None:
    segment = Segment("a", BLOCK_SECONDS - 5, BLOCK_SECONDS + 5)
    cut = blocks([segment], {"x": [Ranked("a", BLOCK_SECONDS + 20, 1.0)]}, {"a": 1.0})
    assert [(len(block.segments), len(block.moments["x"])) for block in cut] == [(1, 1)] + [(0, 0)] * 4


def test_it_writes_tables_and_a_plot_and_keeps_other_text(
    chat_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    document = tmp_path / "detection.md"
    document.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    monkeypatch.setattr("evaluation.__main__.DOCUMENT", document)
    monkeypatch.setattr("evaluation.figures.SITE_FILE", document.with_name("figures.json"))
    monkeypatch.setenv("CHAT_DATA", str(chat_data))
    monkeypatch.setattr("sys.argv", ["evaluation", "--write"])
    assert main() == 0
    written = document.read_text()
    assert written.startswith("before")
    assert written.endswith("after\n")
    assert "old" not in written
    assert capsys.readouterr().out.strip() in written
    for label in (OURS, *BASELINES):
        assert f"| {label} |" in written
    drawn_plot = ElementTree.fromstring((tmp_path / report.PLOT_NAME).read_text())
    assert len(drawn_plot.findall("{*}polyline")) == 1 + len(BASELINES)
    assert "moments_per_hour" in (tmp_path / "figures.json").read_text()


def test_missing_recordings_are_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["evaluation"])
    monkeypatch.delenv("CHAT_DATA", raising=False)
    assert main() == 2
    assert "set CHAT_DATA" in capsys.readouterr().err
    monkeypatch.setenv("CHAT_DATA", str(tmp_path))
    assert main() == 2
    assert "truth.json" in capsys.readouterr().err


@pytest.mark.skipif(not os.environ.get("CHAT_DATA"), reason="CHAT_DATA names no folder of recorded chat")
def test_recorded_chat_is_ranked_as_well_as_by_the_baseline() -> None:
    """The requirement itself, on the loud channel."""
    played = play(load(Path(os.environ["CHAT_DATA"]), DataSet("kappa", "k")), RuleSettings().rules())
    assert measure(played)[OURS].difference_interval.low > -0.03
