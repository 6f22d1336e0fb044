"""Lines of all containers of both machines are found by service, time, level and moment, as they were written."""

import json

from integration.support.log_store import needs_store
from integration.support.log_world import World

pytestmark = needs_store
TRACEBACK = """Traceback (most recent call last):
  File "main.py", line 1, in <module>
    raise ValueError("no")
ValueError: no"""
JAVA = """2026-11-30 14:00:00,123 ERROR org.apache.flink.runtime.Task [] - failed
java.lang.IllegalStateException: broken
\tat a.B.c(B.java:1)
Caused by: java.io.IOException: disk
\t... 3 more"""


def structured(event: str, **fields: object) -> str:
    return json.dumps({"service": "clip_creator", "event": event, "level": "warning", **fields})


def test_fields_and_tracebacks(running: World) -> None:
    clips, flink, site = (
        running.container(*names) for names in (("clip-creator",), ("flink-jobmanager",), ("api-frontend", "reliable"))
    )
    clips.write(structured("clip request got no answer", moment="m-1", channel="kira", reason="timed out"))
    clips.write(structured("evidence not understood", moment_id="m-2"))
    for line in JAVA.split("\n"):
        flink.write(line, "stdout")
    flink.write("2026-11-30 14:00:01,000 INFO  org.apache.flink.runtime.Task [] - goes on", "stdout")
    for line in TRACEBACK.split("\n"):
        site.write(line)
    site.write("", "stdout")
    running.has("clip-creator", 2)
    assert running.has("flink-jobmanager", 2).keys() == {
        JAVA,
        "2026-11-30 14:00:01,000 INFO  org.apache.flink.runtime.Task [] - goes on",
    }
    assert running.has("api-frontend", 2).keys() == {TRACEBACK, "(empty line)"}
    (found,) = running.store.ask('moment_id:="m-1"')
    named = {name: found[name] for name in ("event", "_msg", "level", "channel", "machine", "service", "container")}
    assert named == {
        "event": "clip request got no answer",
        "_msg": "clip request got no answer",
        "level": "warning",
        "channel": "kira",
        "machine": "processing",
        "service": "clip-creator",
        "container": clips.short,
    }
    assert [row["level"] for row in running.store.ask('service:="flink-jobmanager" | sort by (_time)')] == [
        "error",
        "info",
    ]
    assert {row["machine"] for row in running.store.ask('service:="api-frontend"')} == {"reliable"}


def test_a_removed_containers_lines_stay(running: World) -> None:
    short = running.container("migrate")
    short.write("done: 24 migrations")
    running.has("migrate", 1)
    short.write("and the last words before it is removed")
    short.remove()
    assert running.has("migrate", 2) == {"done: 24 migrations": 1, "and the last words before it is removed": 1}


def test_a_long_line_and_garbage(running: World) -> None:
    log = running.container("postgres")
    long = "x" * 1_000_000
    log.write(long)
    log.write_bytes(b"\0" * 5000 + b'{"log":"cut by a power cu')
    log.write("after the cut")
    log.write_bytes(b"\xff\xfe not JSON \x1b[31m\n")
    log.write("\x1b[31mred\x1b[0m \0 and 日本語 \U0001f600")
    log.write_bytes(b"\0" * (3 << 20))
    log.write("after three megabytes of zeros")
    found = running.has("postgres", 5)
    assert found[long] == 1
    assert any("after the cut" in text for text in found)
    assert any("日本語 \U0001f600" in text for text in found)
    assert any("not JSON" in text for text in found)
    assert any("after three megabytes of zeros" in text for text in found)
    assert max(found.values()) == 1
