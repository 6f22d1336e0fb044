"""The self-score on recorded chat: what the document says of it, and that it says what it cannot tell."""

import gzip
import json
import os
import random
from pathlib import Path

import pytest

from embedded.paths import REPOSITORY
from evaluation.viewers import judge, main, said
from moment_detection.detection.rules import RuleBook
from moment_detection.settings import RuleSettings
from service_runtime.settings import load_all

DOCUMENT = (REPOSITORY / "docs" / "detection.md").read_text()
CLIPPED, LOUD_ALONE = (700, 1400, 2100), 2800


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An hour with four bursts, of which viewers clipped three, and one place where nothing was written."""
    rnd = random.Random(1)
    times = [rnd.uniform(0, 3600) for _ in range(1800)]
    for begins in (*CLIPPED, LOUD_ALONE):
        times += [begins + rnd.expovariate(0.2) for _ in range(60)]
    lines = [json.dumps({"t": t, "user": rnd.randrange(200), "text": "lol"}) + "\n" for t in sorted(times)]
    (tmp_path / "sphynx-1.jsonl.gz").write_bytes(gzip.compress("".join(lines).encode()))
    clips = [{"start": at - 25, "end": at + 5, "views": 9} for at in (*CLIPPED, 3300)]
    clips.append({"start": CLIPPED[0] - 20, "end": CLIPPED[0] + 9, "views": 1})
    (tmp_path / "truth.json").write_text(json.dumps({"sphynx-1": clips}))
    return tmp_path


def test_places_are_found_and_two_viewers_are_told_from_one(folder: Path) -> None:
    judged = judge(folder, RuleBook())
    assert (judged.clips, judged.places, judged.by_several) == (5, 4, 1)
    ours = judged.scores[None]
    assert (ours.places, ours.whole.found, ours.whole.clipped) == (4, 3, 3)
    assert ours.whole.moments == 4
    assert judged.scores[4.0].steps == ours.steps, "a trial with the configured number is the same"
    assert judged.scores[2.0].whole.moments >= ours.whole.moments
    assert "of which 1 were clipped by two or more" in said(judged)


def test_it_is_printed_or_says_what_is_missing(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("CHAT_DATA", str(folder))
    assert main() == 0
    assert "3 of 4 places have a moment" in capsys.readouterr().out
    monkeypatch.setenv("CHAT_DATA", str(tmp_path_factory.mktemp("empty")))
    assert main() == 2
    assert "truth.json" in capsys.readouterr().err
    monkeypatch.delenv("CHAT_DATA")
    assert main() == 2
    assert "set CHAT_DATA" in capsys.readouterr().err


def test_the_document_has_the_figures() -> None:
    data = Path(os.environ.get("CHAT_DATA", ""))
    if not (data / "truth.json").is_file():
        pytest.skip("CHAT_DATA names no folder with recordings and truth.json")
    (rules,) = load_all(RuleSettings)
    assert said(judge(data, rules.rules())) in DOCUMENT
