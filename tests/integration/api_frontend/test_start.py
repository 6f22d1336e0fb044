"""A website that cannot start says why."""

import socket
import subprocess
import sys

from integration.support.api_frontend_process import DEADLINE


def test_a_taken_port_is_reported_without_a_traceback(postgres_of_module: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        environment = {"POSTGRES_DSN": postgres_of_module, "API_PORT": str(port), "API_METRICS_PORT": "1"}
        done = subprocess.run(
            [sys.executable, "-m", "api_frontend"], env=environment, capture_output=True, text=True, timeout=DEADLINE
        )
    assert done.returncode == 1
    assert f"API_PORT: cannot listen on 127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_settings_are_named_together() -> None:
    environment = {"API_PORT": "0", "API_RATE_LIMIT": "often"}
    done = subprocess.run(
        [sys.executable, "-m", "api_frontend"], env=environment, capture_output=True, text=True, timeout=DEADLINE
    )
    assert done.returncode == 2
    assert all(name in done.stderr for name in ("API_PORT", "API_RATE_LIMIT", "POSTGRES_DSN"))
