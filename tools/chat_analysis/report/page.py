"""One HTML page without anything outside of it: the whole stream's curve and its moments."""

from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files

from chat_analysis.report.highlight import Highlight, Report
from chat_analysis.report.table import NO_MOMENT, headline
from highlight_exports.ranges import clock, one_line

NUMBERED = 12  # of the highest: more numbers on the curve would cover each other
CURVE_HEIGHT = 100
HEADROOM = 1.08
HOUR_MARKS = 4
ORDER = """<input type="radio" name="order" id="best" checked> <label for="best">Highest first</label>
<input type="radio" name="order" id="time"> <label for="time">In order of time</label>"""
APART = 0.07  # of the curve's width: numbers that are closer stand one above the other
ROWS = 3


def page(report: Report) -> str:
    """Return the page."""
    title = escape(one_line(report.recording.facts.title or report.recording.name))
    css = files("chat_analysis.report").joinpath("page.css").read_text(encoding="utf-8")
    moments = "\n".join(_moment(each) for each in report.highlights)
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Highlights of {title}</title>
<style>
{css}</style>
<main>
<h1>Highlights of {title}</h1>
<p class="soft">{escape(headline(report))}</p>
{_curve(report)}
{ORDER}
<ol>
{moments or f"<li>{NO_MOMENT}.</li>"}
</ol>
</main>
<footer>{_notes(report)}</footer>
</html>
"""


def _curve(report: Report) -> str:
    if not report.curve:
        return ""
    length = max(len(report.curve) * report.step, 1)
    shares = {each.rank: min(max((each.at - report.curve_from) / length, 0.0), 1.0) for each in report.highlights}
    rows = _rows(shares)
    pins = "\n".join(_pin(each, shares[each.rank], rows.get(each.rank, 0)) for each in _pinned(report.highlights))
    marks = "".join(
        f"<span>{clock(max(0, report.curve_from + length * mark / HOUR_MARKS))}</span>"
        for mark in range(HOUR_MARKS + 1)
    )
    size = f"{report.step} s" if report.step > 1 else "second"
    return f"""<div class="curve" style="--rows:{max(rows.values(), default=0)}">
{_area(report.curve, "messages over the whole stream")}
{pins}
</div>
<div class="hours">{marks}</div>
<p class="soft">Messages per {size}, {max(report.curve):,} at most. Numbers are the highest moments.</p>"""


def _pinned(highlights: Sequence[Highlight]) -> list[Highlight]:
    """Return the lowest first: where two meet, the higher one is on top and gets the tap."""
    return sorted(highlights, key=lambda each: -each.rank)


def _rows(shares: dict[int, float]) -> dict[int, int]:
    """Return the row of each number above the curve, 0 being the lowest, so that few cover each other."""
    rows, lasts = dict[int, int](), [-1.0] * ROWS
    for rank, share in sorted(shares.items(), key=lambda each: each[1]):
        if rank <= NUMBERED:
            free = (row for row, last in enumerate(lasts) if share - last >= APART)
            rows[rank] = next(free, min(range(ROWS), key=lasts.__getitem__))
            lasts[rows[rank]] = share
    return rows


def _pin(highlight: Highlight, share: float, row: int) -> str:
    name = escape(f"{highlight.rank}: {clock(highlight.at)} {one_line(highlight.title)}")
    target = escape(highlight.link or f"#m{highlight.rank}")
    number = f"<b>{highlight.rank}</b>" if highlight.rank <= NUMBERED else ""
    kind = "pin" if number else "pin small"
    place = f"left:{100 * share:.2f}%;--row:{row}"
    return f'<a class="{kind}" style="{place}" href="{target}" title="{name}" aria-label="{name}">{number}</a>'


def _area(values: Sequence[int], name: str) -> str:
    """Draw values as a filled curve as wide as its place."""
    top = max(max(values, default=0), 1) * HEADROOM
    points = "".join(f"L{x} {CURVE_HEIGHT * (1 - value / top):.1f}" for x, value in enumerate(values))
    width = max(len(values) - 1, 1)
    return (
        f'<svg viewBox="0 0 {width} {CURVE_HEIGHT}" preserveAspectRatio="none" role="img" aria-label="{escape(name)}">'
        f'<path d="M0 {CURVE_HEIGHT}{points}L{width} {CURVE_HEIGHT}Z"/></svg>'
    )


def _moment(highlight: Highlight) -> str:
    moment = highlight.moment
    time = escape(clock(highlight.start))
    place = f'<a href="{escape(highlight.link)}">{time}</a>' if highlight.link else f'<span class="time">{time}</span>'
    words = "".join(f"<span>{escape(one_line(name))} {count}</span>" for name, count in highlight.written)
    lines = "\n".join(f'<p class="soft">{escape(each)}</p>' for each in _lines(highlight))
    return f"""<li id="m{highlight.rank}" style="--rank:{highlight.rank}">
<h2><span>{highlight.rank}. {escape(one_line(highlight.title))}</span> {place}</h2>
{_area(moment.evidence.messages, "messages per second around the peak")}
<p>{escape(highlight.people)}</p>
{lines}
<div class="words">{words}</div>
</li>"""


def _lines(highlight: Highlight) -> Iterator[str]:
    moment = highlight.moment
    facts = [highlight.rarity, moment.mood or "", f"clip {clock(highlight.start)} to {clock(highlight.end)}"]
    yield " · ".join(filter(None, facts))
    if highlight.why_not:
        yield f"No clip of it: {highlight.why_not}"


def _notes(report: Report) -> str:
    notes = list(report.recording.facts.sentences()) if report.recording.facts.form != "Stream Scout" else []
    if not report.video.id:
        notes.append("The video is not known, so times lead nowhere: --vod with its address makes them links")
    notes.append("A number behind a word is how many people wrote it. Only emotes, and words of five people or more")
    return "".join(f"<p>{escape(each)}.</p>" for each in notes)
