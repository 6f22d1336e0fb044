"""secrets.sh and preflight.sh, run for real in a temporary folder."""

import json
import os
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
GROUP = 10001
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="secrets.sh would ask for sudo's password")


def run(script: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [REPOSITORY / "infrastructure" / script, *arguments],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"]} | variables,
        timeout=60,
        check=False,
    )


@needs_root
def test_secrets_are_made_once_and_closed(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    assert run("secrets.sh", str(folder)).returncode == 0
    first = {file.name: file.read_text() for file in folder.iterdir() if file.is_file()}
    assert run("secrets.sh", str(folder)).returncode == 0
    assert first == {file.name: file.read_text() for file in folder.iterdir() if file.is_file()}
    made = [value for value in first.values() if value]
    assert len(made) == len(set(made)) == 18
    assert all(len(value) >= 40 for value in made)
    for file in folder.iterdir():
        status = file.stat()
        assert status.st_gid == GROUP, file
        assert status.st_mode & 0o007 == 0, f"{file} is open to everyone"


@needs_root
def test_secrets_repairs_permissions_and_keeps_values(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    run("secrets.sh", str(folder))
    password = folder / "kafka_password"
    value = password.read_text()
    password.chmod(0o644)
    (folder / "twitch" / "twitch_user_tokens.json").write_text("{}")
    run("secrets.sh", str(folder))
    assert password.stat().st_mode & 0o777 == 0o640
    assert password.read_text() == value
    assert (folder / "twitch" / "twitch_user_tokens.json").stat().st_uid == GROUP


@needs_root
def test_a_check_of_the_secrets_names_what_is_missing_and_makes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    assert run("secrets.sh", "--check", str(folder)).stdout == f"missing  {folder}\n"
    assert not folder.exists()
    run("secrets.sh", str(folder))
    complete = run("secrets.sh", "--check", str(folder))
    assert (complete.returncode, complete.stdout) == (0, "")
    (folder / "redis_password").unlink()
    (folder / "kafka_password").chmod(0o644)
    said = run("secrets.sh", "--check", str(folder))
    assert (said.returncode, said.stdout) == (0, f"missing  redis_password\nrights   {folder}/kafka_password\n")
    assert not (folder / "redis_password").exists()


@pytest.mark.parametrize(("number", "has_token"), [("", False), ("", True), ("1-2-3", True)])
def test_preflight_asks_for_what_the_tunnel_runs_by(number: str, has_token: bool, tmp_path: Path) -> None:
    folder = {"SECRETS_DIRECTORY": str(tmp_path), "COMPOSE_PROFILES": "tunnel", "TUNNEL_ID": number}
    (tmp_path / "cloudflared_token").write_text("token" if has_token else "")
    (tmp_path / "cloudflared_credentials.json").touch()
    said = run("preflight.sh", "reliable", **folder).stdout
    assert (f"WRONG  {tmp_path}/cloudflared_token is empty" in said) is (not has_token)
    assert (f"WRONG  {tmp_path}/cloudflared_credentials.json is empty" in said) is bool(number)
    assert "WARN   API_TRUST_CLOUDFLARE is not true" in said


@pytest.mark.parametrize("machine", ["reliable", "processing"])
def test_preflight_says_what_is_missing_and_what_to_do(machine: str, tmp_path: Path) -> None:
    done = run("preflight.sh", machine, SECRETS_DIRECTORY=str(tmp_path))
    assert done.returncode == 1
    assert "WRONG  BIND_ADDR is not set" in done.stdout
    assert f"WRONG  {tmp_path}/postgres_recorder_password is missing" in done.stdout
    problems = [line for line in done.stdout.splitlines() if line.startswith("WRONG")]
    advice = [line for line in done.stdout.splitlines() if line.startswith("       -> ")]
    assert len(advice) >= len(problems)
    assert f"{len(problems)} to be put right" in done.stdout


def test_preflight_names_no_package_that_debian_does_not_have(tmp_path: Path) -> None:
    """Docker without Compose: docker-compose-v2 is Ubuntu's alone."""
    (tmp_path / "docker").write_text('#!/bin/sh\n[ "$1" != compose ]\n')
    (tmp_path / "docker").chmod(0o755)
    lines = run("preflight.sh", "processing", PATH=f"{tmp_path}:{os.environ['PATH']}").stdout.splitlines()
    at = lines.index("WRONG  Docker Compose is missing")
    assert "infrastructure/install.sh processing installs it" in lines[at + 1]
    assert "docker-compose-v2" not in lines[at + 1]


def test_preflight_refuses_to_open_the_machine_to_the_world(tmp_path: Path) -> None:
    done = run("preflight.sh", "reliable", BIND_ADDR="0.0.0.0", SECRETS_DIRECTORY=str(tmp_path))
    assert "would open every port to the world" in done.stdout


@pytest.mark.parametrize(("nanoseconds", "word"), [(900_000, "ok"), (31_000_000, "WARN")])
def test_preflight_says_how_fast_the_disk_is(nanoseconds: int, word: str, tmp_path: Path) -> None:
    shares = {"50.000000": nanoseconds, "95.000000": nanoseconds}
    fio = tmp_path / "fio"
    fio.write_text(f"#!/bin/sh\necho '{json.dumps({'jobs': [{'sync': {'lat_ns': {'percentile': shares}}}]})}'\n")
    fio.chmod(0o755)
    done = run("preflight.sh", "processing", PATH=f"{tmp_path}:{os.environ['PATH']}")
    lines = done.stdout.splitlines()
    (at,) = (number for number, line in enumerate(lines) if "disk: A sync of the disk of" in line)
    assert lines[at].split()[0] == word
    assert ("moments come seconds later" in lines[at + 1]) == (word == "WARN")


@pytest.mark.parametrize(("profiles", "is_wanted"), [("tunnel,discord", True), ("tunnel", False)])
def test_preflight_asks_for_discords_token_where_the_bot_is_on(profiles: str, is_wanted: bool, tmp_path: Path) -> None:
    folder = {"SECRETS_DIRECTORY": str(tmp_path), "COMPOSE_PROFILES": profiles}
    empty = run("preflight.sh", "reliable", **folder).stdout
    assert (f"WRONG  {tmp_path}/discord_token is empty" in empty) is is_wanted
    assert ("discord.com/developers/applications" in empty) is is_wanted
    (tmp_path / "discord_token").write_text("token")
    assert "discord_token is empty" not in run("preflight.sh", "reliable", **folder).stdout


def test_preflight_knows_two_machines_only() -> None:
    assert run("preflight.sh", "third").returncode == 2


@pytest.mark.parametrize(("machine", "name"), [("reliable", "watcher_beat_url"), ("processing", "watchdog_beat_url")])
def test_preflight_looks_at_the_machines_own_dead_mans_switch(machine: str, name: str, tmp_path: Path) -> None:
    folder = {"SECRETS_DIRECTORY": str(tmp_path)}
    assert f"{name} is missing" in run("preflight.sh", machine, **folder).stdout
    (tmp_path / name).touch()
    assert f"make secret NAME={name}" in run("preflight.sh", machine, **folder).stdout
    (tmp_path / name).write_text("ping.example.org/very-private\n")
    refused = run("preflight.sh", machine, **folder).stdout
    assert f"{name} is no address" in refused
    assert "very-private" not in refused
    (tmp_path / name).write_text("https://ping.example.org/very-private\n")
    assert f"ok     {tmp_path}/{name}" in run("preflight.sh", machine, **folder).stdout
