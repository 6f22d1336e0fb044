"""The figures that the site shows of itself are those of docs/detection.md: one run writes both."""

import re

import msgspec

from api_frontend.data.detection_figures import load
from embedded.paths import REPOSITORY
from evaluation import figures, report

DOCUMENT = (REPOSITORY / "docs" / "detection.md").read_text()


def test_the_sites_file_is_what_the_document_says() -> None:
    stored = msgspec.json.decode(figures.SITE_FILE.read_bytes(), type=dict[str, list[dict[str, object]]])
    made = [msgspec.convert(row, figures.Figures) for row in stored["recordings"]]
    rows = report.configured(made).splitlines()
    assert len(rows) == len(made) + 2
    assert all(one_digit_off(row) for row in rows)


def one_digit_off(row: str) -> bool:
    """Whether the document has the row; its last digits may differ by one, since the file is rounded before."""
    numbers = [float(each) for each in re.findall(r"\d+\.\d+", row)]
    title = row.split("|")[1]
    theirs = next(line for line in DOCUMENT.splitlines() if line.startswith(f"|{title}|"))
    found = [float(each) for each in re.findall(r"\d+\.\d+", theirs)]
    return len(found) == len(numbers) and all(abs(a - b) < 0.011 for a, b in zip(numbers, found, strict=True))


def test_the_site_reads_what_the_evaluation_writes() -> None:
    one = figures.Figures(
        title="loud",
        hours=2.00049,
        segments=3,
        peaks_per_hour=40.0,
        moments_per_hour=10.5,
        precision=0.5,
        recall=1.0,
        segment_share=None,
    )
    read = load(figures.as_json([one]).encode())
    assert [(each.title, each.hours, each.recall, each.segment_share) for each in read] == [("loud", 2.0, 1.0, None)]
