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
