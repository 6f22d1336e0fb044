"""seed_twitch_tokens.py as a program against the simulated sign-in: both ways, refusals, and what it leaves behind."""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from integration.support.clip_creator_process import DEADLINE, Simulator

from embedded.paths import REPOSITORY
from embedded.processes.ports import free_ports

PROGRAM = [sys.executable, str(REPOSITORY / "seed_twitch_tokens.py")]


class Seed:
    """The program, run in a folder of its own."""

    def __init__(self, twitch: Simulator, folder: Path, *flags: str, secret: bool = True, client: str = "simulator"):
        self.file = folder / "secrets" / "tokens.json"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TWITCH_")}
        environment |= {"TWITCH_AUTH_URL": f"{twitch.url}/oauth2/", "TWITCH_CLIENT_ID": client}
        if secret:
            (folder / "secret").write_text("simulator")
            environment["TWITCH_CLIENT_SECRET_FILE"] = str(folder / "secret")
        else:
            environment["TWITCH_CLIENT_SECRET_FILE"] = ""
        self.process = subprocess.Popen(
            [*PROGRAM, "--file", str(self.file), *flags],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def address(self) -> str:
        """The first address that the program tells the person."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if found := re.search(r"http://\S+", line):
                return found.group()
        raise AssertionError(self.process.communicate()[1])

    def end(self) -> tuple[int, str]:
        """The exit code and everything it said."""
        output, errors = self.process.communicate(timeout=DEADLINE)
        return self.process.returncode, output + errors


def browser(twitch: Simulator, folder: Path, *flags: str, **settings: object) -> Seed:
    (port,) = free_ports(1)
    return Seed(twitch, folder, "--no-browser", "--port", str(port), *flags, **settings)  # type: ignore[arg-type]


def check(file: Path) -> dict[str, object]:
    """The file is for its owner only, and Twitch accepts what is in it."""
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    tokens = json.loads(file.read_text())
    assert (tokens["login"], tokens["user_id"]) == ("stream_scout", "10000001")
    assert "clips:edit" in tokens["scopes"]
    assert not [each for each in os.listdir(file.parent) if each.endswith(".tmp") or each.startswith(".")]
    return tokens


def test_by_browser(twitch: Simulator, tmp_path: Path):
    seed = browser(twitch, tmp_path)
    page = httpx.get(seed.address(), follow_redirects=True, timeout=10)
    assert "Signed in" in page.text
    code, said = seed.end()
    assert (code, "Signed in as stream_scout" in said) == (0, True)
    tokens = check(seed.file)
    assert str(tokens["access_token"]) not in said


def test_by_device_code_without_a_secret(twitch: Simulator, tmp_path: Path):
    seed = Seed(twitch, tmp_path, "--device", secret=False)
    assert httpx.get(seed.address(), timeout=10).status_code == 200
    assert seed.end()[0] == 0
    check(seed.file)


@pytest.mark.parametrize("device", [False, True])
def test_a_person_who_refuses_is_told_and_the_old_file_stays(twitch: Simulator, tmp_path: Path, device: bool):
    seed = Seed(twitch, tmp_path, "--device") if device else browser(twitch, tmp_path)
    seed.file.parent.mkdir()
    seed.file.write_text('{"access_token": "old"}')
    httpx.get(seed.address() + "&deny=1", follow_redirects=True, timeout=10)
    code, said = seed.end()
    assert code == 1
    assert "Not signed in" in said
    assert "den" in said
    assert json.loads(seed.file.read_text()) == {"access_token": "old"}


def test_a_foreign_code_is_not_taken(twitch: Simulator, tmp_path: Path):
    """Another page that sends the browser here does not know our state."""
    seed = browser(twitch, tmp_path, "--seconds", "3")
    redirect = httpx.URL(seed.address()).params["redirect_uri"]
    assert httpx.get(f"{redirect}?code=foreign&state=guessed", timeout=10).status_code == 404
    code, said = seed.end()
    assert code == 1
    assert "--device" in said


def test_without_a_secret_the_browsers_way_names_the_other(twitch: Simulator, tmp_path: Path):
    code, said = browser(twitch, tmp_path, secret=False).end()
    assert code == 1
    assert "--device" in said


def test_a_wrong_client_id_says_what_to_check(twitch: Simulator, tmp_path: Path):
    code, said = Seed(twitch, tmp_path, "--device", client="another").end()
    assert code == 1
    assert "TWITCH_CLIENT_ID" in said


def test_no_client_id(twitch: Simulator, tmp_path: Path):
    code, said = Seed(twitch, tmp_path, "--device", client="").end()
    assert code == 2
    assert "TWITCH_CLIENT_ID is missing" in said


def test_help_names_the_settings():
    said = subprocess.run([*PROGRAM, "--help"], capture_output=True, text=True, timeout=DEADLINE, check=True).stdout
    assert {"TWITCH_CLIENT_ID", "TWITCH_CLIENT_SECRET_FILE", "--device"} <= set(said.replace(",", " ").split())
