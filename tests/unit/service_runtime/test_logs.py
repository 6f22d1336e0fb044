"""One JSON event a line, and no secret in it."""

import json
import subprocess
import sys

PROGRAM = """
import sys; sys.path[:] = {path!r}
import structlog
from service_runtime import logs
logs.configure("example")
structlog.get_logger().info("signed in", access_token="abc123", user_password="hunter2", channel="ninja")
structlog.get_logger().debug("not shown")
"""

RETRYING = """
import sys; sys.path[:] = {path!r}
import stamina
from service_runtime import logs
logs.configure("example")
for attempt in stamina.retry_context(on=OSError, attempts=2, wait_initial=0.01, wait_jitter=0):
    with attempt:
        if attempt.num == 1:
            raise OSError("no route to host")
"""


def test_an_event_is_a_json_line_without_secrets() -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(path=sys.path)], capture_output=True, text=True, check=True
    )
    (line,) = run.stderr.splitlines()
    event = json.loads(line)
    assert event["event"] == "signed in"
    assert event["service"] == "example"
    assert event["channel"] == "ninja"
    assert "abc123" not in line
    assert "hunter2" not in line


def test_a_repeated_call_is_logged_with_its_reason() -> None:
    run = subprocess.run(
        [sys.executable, "-c", RETRYING.format(path=sys.path)], capture_output=True, text=True, check=True
    )
    event = json.loads(run.stderr)
    assert event["event"] == "failed, trying again"
    assert (event["reason"], event["attempt"], event["wait_seconds"]) == ("no route to host", 1, 0.01)
