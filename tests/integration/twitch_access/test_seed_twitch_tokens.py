"""seed_twitch_tokens.py as a program against the simulated sign-in: both flows, refusals, deadlines, taken ports."""

import json
import os
import re
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from integration.support.clip_creator_process import DEADLINE, Simulator

from embedded.paths import REPOSITORY
from embedded.processes.ports import free_ports

PROGRAM = [sys.executable, str(REPOSITORY / "seed_twitch_tokens.py")]
SECRET = "simulator"
INTERVAL_SECONDS = 2  # between two polls
CALL_SECONDS = "3"  # longest time of one request, retries included
ENDPOINTS = ("token", "device", "validate")


class Seed:
    """The program, run in a folder of its own."""

    def __init__(self, twitch: Simulator, folder: Path, *flags: str, secret: str = SECRET, client: str = "simulator"):
        self.file = folder / "secrets" / "tokens.json"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TWITCH_")}
        environment |= {"TWITCH_AUTH_URL": f"{twitch.url}/oauth2/", "TWITCH_CLIENT_ID": client}
        environment["TWITCH_DEADLINE_SECONDS"] = CALL_SECONDS
        environment["TWITCH_CLIENT_SECRET_FILE"] = str(folder / "secret") if secret else ""
        (folder / "secret").write_text(secret)
        self.process = subprocess.Popen(
            [*PROGRAM, "--file", str(self.file), *flags],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def address(self) -> str:
        """The first address that the program prints."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if found := re.search(r"http://\S+", line):
                return found.group()
        raise AssertionError(self.process.communicate()[1])

    def end(self) -> tuple[int, str]:
        """The exit code and everything that was printed after the address."""
        try:
            output, errors = self.process.communicate(timeout=DEADLINE)
        finally:
            self.process.kill()
        return self.process.returncode, output + errors


def browser(twitch: Simulator, folder: Path, *flags: str, **settings: str) -> Seed:
    (port,) = free_ports(1)
    return Seed(twitch, folder, "--no-browser", "--port", str(port), *flags, **settings)


def redirect(seed: Seed) -> httpx.URL:
    """Where the program asks Twitch to send the browser."""
    return httpx.URL(httpx.URL(seed.address()).params["redirect_uri"])


def check(file: Path) -> dict[str, object]:
    """The file is for its owner only, and Twitch accepts what is in it."""
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    tokens = json.loads(file.read_text())
    assert (tokens["login"], tokens["user_id"]) == ("stream_scout", "10000001")
    assert "clips:edit" in tokens["scopes"]
    assert tokens["refresh_token"]
    assert tokens["expires_at"] > time.time()
    assert not [each for each in os.listdir(file.parent) if each.endswith(".tmp") or each.startswith(".")]
    return tokens


@pytest.fixture
def faults(twitch: Simulator) -> Iterator[Simulator]:
    """The simulator; the faults that a test orders end with it."""
    yield twitch
    for endpoint in ENDPOINTS:
        twitch.order("helix_fault", endpoint=endpoint, status=500, count=0)


def order_device_code(twitch: Simulator, **changes: object) -> None:
    """The next device code is one that nobody can enter."""
    body = {"device_code": "d", "user_code": "U", "verification_uri": f"{twitch.url}/oauth2/activate"}
    body |= {"expires_in": 1800, "interval": INTERVAL_SECONDS} | changes
    twitch.order("helix_fault", endpoint="device", status=200, count=1, body=body)


def order_answers(twitch: Simulator, message: str, count: int) -> None:
    """The next `count` polls are answered with a 400 and this message."""
    body = {"status": 400, "message": message}
    twitch.order("helix_fault", endpoint="token", status=400, count=count, body=body)


def test_by_browser(twitch: Simulator, tmp_path: Path):
    seed = browser(twitch, tmp_path)
    page = httpx.get(seed.address(), follow_redirects=True, timeout=10)
    assert "Signed in" in page.text
    code, output = seed.end()
    assert (code, "Signed in as stream_scout" in output) == (0, True)
    tokens = check(seed.file)
    assert str(tokens["access_token"]) not in output


def test_by_device_code_without_a_secret(twitch: Simulator, tmp_path: Path):
    seed = Seed(twitch, tmp_path, "--device", secret="")
    assert httpx.get(seed.address(), timeout=10).status_code == 200
    assert seed.end()[0] == 0
    check(seed.file)


@pytest.mark.parametrize("device", [False, True])
def test_a_refusal_ends_it_and_keeps_the_old_file(twitch: Simulator, tmp_path: Path, device: bool):
    seed = Seed(twitch, tmp_path, "--device") if device else browser(twitch, tmp_path)
    seed.file.parent.mkdir()
    seed.file.write_text('{"access_token": "old"}')
    httpx.get(seed.address() + "&deny=1", follow_redirects=True, timeout=10)
    code, output = seed.end()
    assert code == 1
    assert "Not signed in" in output
    assert "den" in output
    assert json.loads(seed.file.read_text()) == {"access_token": "old"}


def test_the_browser_has_a_deadline(twitch: Simulator, tmp_path: Path):
    code, output = browser(twitch, tmp_path, "--seconds", "1").end()
    assert code == 1
    assert "within 1 s" in output
    assert "--device" in output


def test_a_foreign_code_is_ignored(twitch: Simulator, tmp_path: Path):
    """Another page that sends the browser here does not know our state."""
    seed = browser(twitch, tmp_path, "--seconds", "3")
    answer = httpx.get(redirect(seed), params={"code": "foreign", "state": "guessed"}, timeout=10)
    assert answer.status_code == 404
    assert seed.end()[0] == 1
    assert not seed.file.exists()


def test_a_taken_port_is_named_at_once(twitch: Simulator, tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = str(holder.getsockname()[1])
        code, output = Seed(twitch, tmp_path, "--no-browser", "--port", port).end()
    assert code == 1
    assert f"port {port}" in output
    assert "--port" in output
    assert "Traceback" not in output


def test_only_loopback_is_listened_on(twitch: Simulator, tmp_path: Path):
    seed = browser(twitch, tmp_path)
    port = redirect(seed).port
    listening = [each.laddr for each in psutil.Process(seed.process.pid).net_connections("tcp") if not each.raddr]
    assert listening == [("127.0.0.1", port)]
    seed.process.terminate()
    seed.end()


def test_an_idle_connection_holds_up_nobody(twitch: Simulator, tmp_path: Path):
    """Browsers open connections ahead of need."""
    seed = browser(twitch, tmp_path, "--seconds", "30")
    address = httpx.URL(seed.address())
    with socket.create_connection(("127.0.0.1", httpx.URL(address.params["redirect_uri"]).port)):
        httpx.get(address, follow_redirects=True, timeout=20)
        assert seed.end()[0] == 0


def test_one_failure_of_the_token_endpoint_is_retried(faults: Simulator, tmp_path: Path):
    seed = browser(faults, tmp_path)
    faults.order("helix_fault", endpoint="token", status=503, count=1)
    httpx.get(seed.address(), follow_redirects=True, timeout=10)
    assert seed.end()[0] == 0
    check(seed.file)


def test_a_broken_token_endpoint_leaks_no_secret(faults: Simulator, tmp_path: Path):
    secret = "a-secret-of-nobody-else"
    seed = browser(faults, tmp_path, secret=secret)
    faults.order("helix_fault", endpoint="token", status=502, count=1000)
    httpx.get(seed.address(), follow_redirects=True, timeout=10)
    code, output = seed.end()
    assert code == 1
    assert "try again later" in output
    assert secret not in output


def test_device_polls_keep_twitchs_interval(faults: Simulator, tmp_path: Path):
    order_device_code(faults)
    order_answers(faults, "authorization_pending", count=2)
    order_answers(faults, "access_denied", count=1)
    seed = Seed(faults, tmp_path, "--device")
    seed.address()
    shown_at = time.monotonic()
    code, output = seed.end()
    assert code == 1
    assert "access_denied" in output
    assert 3 * INTERVAL_SECONDS - 0.5 < time.monotonic() - shown_at < 5 * INTERVAL_SECONDS


def test_a_device_code_that_nobody_enters_expires(faults: Simulator, tmp_path: Path):
    order_device_code(faults, expires_in=2, interval=1)
    order_answers(faults, "authorization_pending", count=1000)
    code, output = Seed(faults, tmp_path, "--device").end()
    assert code == 1
    assert "expired" in output


def test_without_a_secret_the_browser_flow_names_the_other(twitch: Simulator, tmp_path: Path):
    code, output = browser(twitch, tmp_path, secret="").end()
    assert code == 1
    assert "--device" in output


def test_a_wrong_client_id_names_what_to_check(twitch: Simulator, tmp_path: Path):
    code, output = Seed(twitch, tmp_path, "--device", client="another").end()
    assert code == 1
    assert "TWITCH_CLIENT_ID" in output


def test_no_client_id(twitch: Simulator, tmp_path: Path):
    code, output = Seed(twitch, tmp_path, "--device", client="").end()
    assert code == 2
    assert "TWITCH_CLIENT_ID is missing" in output


def test_help_names_the_settings():
    output = subprocess.run([*PROGRAM, "--help"], capture_output=True, text=True, timeout=DEADLINE, check=True).stdout
    assert {"TWITCH_CLIENT_ID", "TWITCH_CLIENT_SECRET_FILE", "--device"} <= set(output.replace(",", " ").split())
