"""The Discord bot with Postgres and nothing else: started, used and refused as DEPLOYMENT.md says."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from deployment.peaks import megabytes
from deployment.test_closed_by_default import container_of
from deployment.test_the_manual import manual_has
from deployment.two_machines import ALONE, BOT, Discord, Machine, Twitch

from contracts import metrics
from discord_simulator.world.world import BOT as BOT_USER
from embedded.processes.waiting import wait_for

MEMORY_MB = 128
UP = ("--profile", "discord", "up", "-d", "--wait")  # with --build in the manual


@pytest.fixture(scope="module")
def discord(directory: Path, addresses: None) -> Iterator[Discord]:
    """A Discord of its own: the bot of the two machines has the same token, and would answer here too."""
    discord = Discord(directory, 6795)
    yield discord
    discord.stop()


@pytest.fixture(scope="module")
def alone(directory: Path, docker: None, twitch: Twitch, discord: Discord) -> Iterator[Machine]:
    """A machine on which nothing but the bot was started."""
    manual_has("--profile discord up -d --build --wait discord-bot")
    variables = {**BOT, **discord.variables, "SECRETS_DIRECTORY": str(directory / "secrets"), "BIND_ADDR": ALONE}
    machine = Machine("docker-compose.reliable.yml", "test-alone", directory, variables)
    try:
        machine.run(*UP, "--build", "discord-bot")
        yield machine
    finally:
        machine.down()


def test_nothing_else_runs(alone: Machine) -> None:
    running = alone.run("ps", "--services", "--status", "running").split()
    assert sorted(running) == ["discord-bot", "postgres"]


def test_it_tells_a_server_who_is_live(alone: Machine, twitch: Twitch, discord: Discord) -> None:
    wait_for("the bot is connected", discord.has_bot, 60, 1)
    login = twitch.logins()[0]
    discord.type("/setchannel channel:#general")
    assert "Followed from now on" in discord.type(f"/addstreamer streamers:{login}")
    wait_for("the notice", lambda: login in str(discord.messages("general")), 60, 1)


def test_killed_it_comes_back_and_tells_nobody_twice(alone: Machine, discord: Discord) -> None:
    before = len(discord.messages("general"))
    alone.run("--profile", "discord", "kill", "discord-bot")
    alone.run(*UP, "--no-build", "discord-bot")
    wait_for("it is connected again", lambda: connected() == 1.0, 60, 1)
    assert "live" in discord.type("/help")
    assert len(discord.messages("general")) == before


def test_it_keeps_within_its_memory(alone: Machine) -> None:
    command = ["docker", "stats", "--no-stream", "--format", "{{.MemUsage}}", container_of(alone, "discord-bot")]
    used = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    print(f"\ndiscord-bot alone: {used}")
    assert megabytes(used[0]) < MEMORY_MB


def test_a_command_prints_the_invitation(alone: Machine) -> None:
    manual_has("run --rm --no-deps discord-bot python -m discord_bot.invite")
    link = alone.run("run", "--rm", "--no-deps", "-T", "discord-bot", "python", "-m", "discord_bot.invite")
    assert link.startswith(f"https://discord.com/oauth2/authorize?client_id={BOT_USER.user_id}&")


def test_without_a_token_it_says_how_to_get_one(alone: Machine) -> None:
    file = alone.directory / "secrets" / "discord_token"
    token = file.read_text()
    file.write_text("")
    try:
        command = [*alone.whole.docker_compose_command(), "run", "--rm", "--no-deps", "-T", "discord-bot"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=alone.whole.context)
    finally:
        file.write_text(token)
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "discord.com/developers/applications" in said
    assert "secrets/discord_token" in said


def connected() -> float:
    """Return what the bot's metrics, at the port that Prometheus asks, say of its connection."""
    try:
        text = httpx.get(f"http://{ALONE}:9105/metrics", timeout=5).text
    except httpx.HTTPError:
        return 0.0
    name = f"{metrics.DISCORD_CONNECTED.name} "
    return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith(name))
