"""A file becomes entries; whatever part of them the store has, reading again gives exactly the rest."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from log_collector.file_reading import FileReading
from log_collector.lines.coverage import Coverage, coverage_of
from log_collector.lines.fields import Origin

NOW = datetime(2026, 11, 30, 14, tzinfo=UTC)
ORIGIN = Origin("reliable", "recorder", "0123456789ab", "reliable", "2026-11-30T13:00:00Z")
TEXTS = st.sampled_from(
    ["{}", '{"event":"x"}', "  at a.B", "Traceback (most recent call last):", "ValueError: no", "plain", "",
     "panic: no", "part without an end", "2026-11-30 INFO x", "goroutine 1 [running]:", "Caused by: y", "x" * 300]
)  # fmt: skip
RECORDS = st.lists(st.tuples(TEXTS, st.sampled_from(["stdout", "stderr"]), st.booleans()), max_size=40)
GARBAGE = st.lists(st.binary(max_size=30).map(lambda each: each.replace(b"\n", b"")), max_size=40)


PROGRAM = """
import sys; sys.path[:] = {path!r}
import structlog
from service_runtime import logs
logs.configure("clip_creator")
log = structlog.get_logger()
log.info("asked", moment="m-1", channel="kira", access_token="hunter2")
try:
    raise OSError("https://x.org/?client_secret=hunter2")
except OSError:
    log.exception("failed", dsn="hunter2")
"""


def written(records: list[tuple[str, str, bool]], garbage: list[bytes]) -> bytes:
    lines = [
        json.dumps({"log": text + "\n" * whole, "stream": stream, "time": "2026-11-30T13:00:00.1Z"}).encode()
        for text, stream, whole in records
    ]
    for place, each in enumerate(garbage):
        lines.insert(place * 3, each)
    return b"".join(line + b"\n" for line in lines)


def entries(content: bytes, coverage: Coverage, chunk: int, flush_every: int = 0) -> list[dict[str, Any]]:
    reading = FileReading(ORIGIN, coverage, 0.0)
    rows, reads = [], 0
    while reading.position < len(content):
        rows += reading.feed(content[reading.position : reading.position + chunk], NOW.timestamp())
        reads += 1
        if flush_every and reads % flush_every == 0:
            rows += reading.flush(NOW.timestamp())
    return rows + reading.flush(NOW.timestamp())


def tiles(rows: list[dict[str, Any]]) -> bool:
    """Whether the entries' spans lie apart within each stream."""
    for stream in {row["log.stream"] for row in rows}:
        spans = sorted((row["log.offset"], row["log.end"]) for row in rows if row["log.stream"] == stream)
        if any(one[1] > other[0] for one, other in pairwise(spans)):
            return False
    return True


@settings(max_examples=300, deadline=None)
@given(RECORDS, GARBAGE, st.integers(1, 400), st.integers(0, 4), st.integers(1, 400), st.integers(0, 4), st.data())
def test_what_is_stored_and_what_is_read_again_is_everything_once(
    records: list[Any],
    garbage: list[bytes],
    chunk: int,
    flushes: int,
    again: int,
    flushes_again: int,
    data: st.DataObject,
) -> None:
    content = written(records, garbage)
    first = entries(content, Coverage(), chunk, flushes)
    assert sum(row["log.size"] for row in first) == len(content)
    kept = [row for row in first if data.draw(st.booleans())]
    coverage = coverage_of(
        sum(row["log.size"] for row in kept),
        max((row["log.end"] for row in kept), default=0),
        [(row["log.stream"], row["log.offset"], row["log.end"]) for row in kept],
    )
    rest = entries(content, coverage, again, flushes_again)
    assert sum(row["log.size"] for row in kept + rest) == len(content)
    assert tiles(kept + rest)


def test_what_tiles_the_file_is_not_read_again() -> None:
    coverage = coverage_of(500, 500, iter([("stdout", 0, 1)]))
    assert coverage.resume == 500


def rows_of(*lines: str, time: str = "2026-11-30T13:00:00.123456789Z") -> list[dict[str, Any]]:
    content = b"".join(
        json.dumps({"log": f"{line}\n", "stream": "stderr", "time": time}).encode() + b"\n" for line in lines
    )
    return entries(content, Coverage(), 1000)


def test_tracebacks_stay_together() -> None:
    python = [
        "Traceback (most recent call last):",
        "  File x",
        "KeyError: 1",
        "",
        "During handling of the above exception, another exception occurred:",
        "",
        "Traceback (most recent call last):",
        "  File y",
        "ValueError: 2",
    ]
    go = ["panic: nil map", "", "goroutine 1 [running]:", "main.main()", "\t/app/main.go:3 +0x1"]
    found = rows_of(*python, "2026-11-30 goes on", *go, "level=info msg=started")
    assert [row["_msg"] for row in found] == [
        "\n".join(python), "2026-11-30 goes on", "\n".join(go), "level=info msg=started"
    ]  # fmt: skip


def test_levels_of_others() -> None:
    said = {
        "2026-11-30 13:00:00.1 UTC [7] FATAL:  password authentication failed": "critical",
        "2026-11-30 13:00:00.1 UTC [7] LOG:  checkpoint complete": "info",
        "[2026-11-30 13:00:00,1] WARN [Broker id=1] slow (kafka.server)": "warning",
        'time=2026-11-30 level=error msg="scrape"': "error",
        '{"level":"error","msg":"tunnel lost"}': "error",
        "nothing of the kind": "",
    }
    assert {text: rows_of(text)[0].get("level", "") for text in said} == said


def test_a_line_cannot_say_that_it_comes_from_elsewhere() -> None:
    (row,) = rows_of(
        '{"event":"e","service":"x","machine":"y","_time":"z","_stream":"s","log.offset":9,"nested":{"a":[1]}}'
    )
    assert (row["service"], row["machine"], row["log.offset"], row["_time"][:10]) == (
        "recorder",
        "reliable",
        0,
        "2026-11-30",
    )
    assert json.loads(row["other"]) == {"_time": "z", "_stream": "s", "log.offset": 9}
    assert row["nested"] == '{"a":[1]}'


def test_a_clock_that_was_ahead_and_a_line_too_old() -> None:
    (row,) = rows_of("x", time="2031-01-01T00:00:00Z")
    assert (row["_time"], row["logged_at"]) == (NOW.isoformat(), "2031-01-01T00:00:00Z")
    assert rows_of("x", time=(NOW - timedelta(days=7, seconds=1)).isoformat()) == []


def test_a_long_line_of_others_letters_fits_the_store() -> None:
    part = "日" * 5000  # three bytes each
    records = [json.dumps({"log": part, "stream": "stderr", "time": "2026-11-30T13:00:00Z"}).encode()] * 200
    found = entries(b"".join(record + b"\n" for record in records), Coverage(), 100_000)
    assert max(len(row["_msg"].encode()) for row in found) <= 1 << 20
    assert sum(len(row["_msg"]) for row in found) == 200 * len(part)


def test_what_our_services_write() -> None:
    """By the real logging of the services: an exception stays one entry, and a secret's value never gets here."""
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(path=sys.path)], capture_output=True, text=True, check=True
    )
    first, second = rows_of(*run.stderr.splitlines())
    assert (first["event"], first["moment_id"], first["channel"], first["level"]) == ("asked", "m-1", "kira", "info")
    assert first["service"] == "recorder"  # where it was read, not what it calls itself
    assert second["level"] == "error"
    assert second["exception"].startswith("Traceback (most recent call last):\n")
    assert "hunter2" not in str(first) + str(second)


def test_more_lines_than_an_entry_holds_become_several() -> None:
    found = rows_of("Traceback (most recent call last):", *["  x" * 100] * 4500)
    assert len(found) == 3
    assert tiles(found)
