"""Both real compose files on one Docker daemon: two projects, two networks, two addresses, and a simulated Twitch."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from deployment.operators_end import OperatorsEnd
from testcontainers.compose import DockerCompose

from discord_simulator.process import BOT_TOKEN
from embedded.processes.waiting import wait_for

REPOSITORY = Path(__file__).resolve().parents[2]
RELIABLE, PROCESSING, TWITCH = "10.88.7.1", "10.88.7.2", "10.88.7.3"  # TWITCH: Discord too
ALONE = "10.88.7.4"  # a machine with the Discord bot and nothing else
DEPLOYED, STAGING = "10.88.7.5", "10.88.7.6"
LOCAL = "127.88.7.2"  # machine B's loopback, apart from everything else on this machine
BOT = {  # what a compose file needs to reach the simulated Twitch, and to ask it often
    "STREAM_SCOUT_VERSION": "test",
    "TWITCH_CLIENT_ID": "simulator",
    "TWITCH_API_URL": f"http://{TWITCH}:6690/helix/",
    "TWITCH_AUTH_URL": f"http://{TWITCH}:6690/oauth2/",
    "DISCORD_POLL_SECONDS": "2",
}
NEEDS_A_REGISTRY = {
    "grafana": "GRAFANA_IMAGE",
    "caddy": "CADDY_IMAGE",
    "cloudflared": "CLOUDFLARED_IMAGE",
    "node-exporter": "NODE_EXPORTER_IMAGE",
    "victoria-logs": "VICTORIA_LOGS_IMAGE",
    "blackbox-exporter": "BLACKBOX_EXPORTER_IMAGE",
    "postgres-exporter": "POSTGRES_EXPORTER_IMAGE",
}
CHANNELS = 10  # a burst each
Json = dict[str, Any]


@dataclass
class Machine:
    """One compose file, driven by testcontainers."""

    file: str
    project: str
    directory: Path
    variables: dict[str, str]
    services: list[str] = field(init=False)

    def __post_init__(self) -> None:
        env_file = self.directory / f"{self.project}.env"
        pairs = {"COMPOSE_PROJECT_NAME": self.project, **self.variables}
        env_file.write_text("".join(f"{name}={value}\n" for name, value in pairs.items()))
        self.whole = DockerCompose(REPOSITORY, self.file, env_file=str(env_file))
        missing = {name for name, variable in NEEDS_A_REGISTRY.items() if not self._has_image(variable)}
        self.services = sorted(set(self.whole.get_config()["services"]) - missing)
        self.compose = DockerCompose(REPOSITORY, self.file, env_file=str(env_file), build=True, services=self.services)

    @staticmethod
    def _has_image(variable: str) -> bool:
        return bool(os.environ.get(variable)) or not os.environ.get("STANDINS")

    def run(self, *arguments: str) -> str:
        """Run `docker compose ...` on this machine and return its output. Raises CalledProcessError."""
        done = self.whole._run_command([*self.whole.docker_compose_command(), *arguments])
        return done.stdout.decode()

    def up(self) -> None:
        """Build the images, start all services that can run here, and wait until they are healthy."""
        self.compose.start()

    def up_again(self) -> None:
        """Start stopped services from the same images and wait until they are healthy."""
        self.run("up", "--no-build", "--wait", *self.services)

    def down(self) -> None:
        """Remove everything, data included."""
        self.run("--profile", "*", "down", "--volumes", "--timeout", "10")

    def unhealthy(self) -> dict[str, str]:
        """Map each service that should be healthy and is not to its state."""
        found = {each.Service: each for each in self.whole.get_containers(include_all=True)}
        return {
            name: f"{found[name].State} {found[name].Health}" if name in found else "missing"
            for name in self.services
            if name not in ("roles", "migrate", "kafka-init")
            and not (name in found and (found[name].State, found[name].Health) == ("running", "healthy"))
        }

    def secret(self, name: str) -> str:
        """Return the content of a secret."""
        return (self.directory / "secrets" / name).read_text().strip()


class Simulator:
    """A simulator of ours as a process on this machine."""

    def __init__(self, module: str, directory: Path, options: dict[str, str]) -> None:
        folders = os.pathsep.join(str(REPOSITORY / each) for each in ("libraries", "services", "tools"))
        self._log = (directory / f"{module}.log").open("ab")
        environment = {**os.environ, **options, "PYTHONPATH": folders}
        command = [sys.executable, "-m", module]
        self._process = subprocess.Popen(command, env=environment, stdout=self._log, stderr=self._log)

    def stop(self) -> None:
        """Stop it."""
        self._process.terminate()
        self._process.wait(20)
        self._log.close()


class Twitch:
    """The simulated Twitch as a process."""

    def __init__(self, directory: Path) -> None:
        options = {
            "SIMULATOR_BIND_ADDRESS": TWITCH,
            "SIMULATOR_CHANNELS": str(CHANNELS),
            "SIMULATOR_MESSAGES_PER_SECOND": "30",
            "SIMULATOR_BURSTS_PER_MINUTE": "0",
            "SIMULATOR_NOTICES_PER_MINUTE": "0",
            "SIMULATOR_ALWAYS_LIVE": "true",
            "SIMULATOR_CLIP_DELAY_SECONDS": "2",
            "SIMULATOR_SEED": "11",
            "SIMULATOR_TRUTH_FILE": str(directory / "truth"),
        }
        self.http = httpx.Client(base_url=f"http://{TWITCH}:6690", timeout=10)
        self._process = Simulator("twitch_simulator", directory, options)
        wait_for("the simulator answers", self._answers, 60, 0.2)

    def _answers(self) -> bool:
        try:
            return bool(self.http.get("/control/state").json()["ready"])
        except httpx.HTTPError:
            return False

    def logins(self) -> list[str]:
        """Return the logins of the generated channels."""
        return [channel["login"] for channel in self.http.get("/control/state").json()["channels"]]

    def burst(self, login: str) -> None:
        """Start a burst."""
        order = {"login": login, "seconds": 12, "messages_per_second": 40, "chatters": 300, "emote": "LUL"}
        self.http.post("/control/burst", json=order).raise_for_status()

    def stop(self) -> None:
        """Stop the process."""
        self._process.stop()


class Discord:
    """The simulated Discord as a process, which the bot's container reaches as it would the real one."""

    def __init__(self, directory: Path, port: int) -> None:
        options = {
            "DISCORD_SIMULATOR_BIND_ADDRESS": TWITCH,
            "DISCORD_SIMULATOR_HTTP_PORT": str(port),
            "DISCORD_SIMULATOR_GATEWAY_PORT": str(port + 1),
            "DISCORD_SIMULATOR_PAGE_PORT": str(port + 2),
            "DISCORD_SIMULATOR_GUILDS": "1",
            "DISCORD_SIMULATOR_IDENTIFY_SECONDS": "0",
            "DISCORD_SIMULATOR_TRUTH_FILE": str(directory / f"discord-truth-{port}"),
        }
        self.variables = {
            "DISCORD_API_URL": f"http://{TWITCH}:{port}/api/v10",
            "DISCORD_GATEWAY_URL": f"ws://{TWITCH}:{port + 1}",
        }
        self.http = httpx.Client(base_url=f"http://{TWITCH}:{port}", timeout=30)
        self._process = Simulator("discord_simulator", directory, options)
        wait_for("the simulated Discord answers", self._answers, 60, 0.2)

    def _answers(self) -> bool:
        try:
            return bool(self.http.get("/control/state").json()["ready"])
        except httpx.HTTPError:
            return False

    def has_bot(self) -> bool:
        """Return whether a bot is connected and its commands are known."""
        state = self.http.get("/control/state").json()
        return bool(state["sessions"] and state["commands"])

    def server(self) -> Json:
        """Return the one server, with the ids of its channels and members."""
        return dict(self.http.get("/control/guilds").json()[0])

    def type(self, text: str) -> str:
        """Let the server's owner type a command; return the bot's answer once it has thought."""
        server = self.server()
        place = {"channel_id": server["channels"]["mods"], "user_id": server["owner_id"]}
        answer = self.http.post("/control/command", json={**place, "text": text}).raise_for_status().json()
        assert answer["answered"], text

        def said() -> str | None:
            found = self.http.get("/control/messages", params=place).json()
            return next((each["content"] for each in found if each["id"] == answer["message"]["id"]), None)

        return str(wait_for(f"an answer to {text}", said, 30, 0.2))

    def messages(self, channel: str) -> list[Json]:
        """Return what everybody sees in a channel."""
        channel_id = self.server()["channels"][channel]
        return list(self.http.get("/control/messages", params={"channel_id": channel_id}).json())

    def stop(self) -> None:
        """Stop the process."""
        self._process.stop()


class Page:
    """The website on machine A for a visitor."""

    def __init__(self) -> None:
        self.http = httpx.Client(base_url=f"http://{RELIABLE}:5000", timeout=5)

    def moments(self, login: str) -> list[Json]:
        """Return the channel's moments from the API; empty if the site does not answer."""
        try:
            answer = self.http.get("/api/v1/moments", params={"channel": login})
            return answer.json()["items"] if answer.status_code == 200 else []
        except (httpx.HTTPError, KeyError):
            return []

    def wait_for_moment(self, login: str, done: Callable[[Json], bool], seconds: float) -> Json:
        """Wait until the channel's newest moment is `done` and return it."""

        def look() -> Json | None:
            found = self.moments(login)[:1]
            return found[0] if found and done(found[0]) else None

        moment = wait_for(f"a moment of {login}", look, seconds, 1)
        assert moment is not None
        return moment


@dataclass
class TwoMachines:
    """The two machines, the website, the simulated Twitch and the operator."""

    a: Machine
    b: Machine
    twitch: Twitch
    discord: Discord
    page: Page
    unused: list[str]
    operator: OperatorsEnd
    started_at: float = field(default_factory=time.time)

    def covered_seconds(self) -> float:
        """Return how long the job has processed chat: a burst needs a minute of baseline."""
        sql = (
            "SELECT coalesce(extract(epoch FROM (SELECT max(event_at) FROM pipeline_progress WHERE stage = 'job')"
            " - (SELECT max(from_at) FROM coverage WHERE event = 'joined')), 0)"
        )
        found = self.a.run("exec", "-T", "postgres", "psql", "-U", "backup", "-d", "stream_scout", "-qtAc", sql)
        return float(found.strip() or 0)

    def clip_of_a_burst(self, seconds: float) -> Json:
        """Start a burst in an unused channel and return its moment once the clip is made."""
        login = self.unused.pop()
        self.twitch.burst(login)
        return self.page.wait_for_moment(login, lambda each: (each["clip"] or {}).get("status") == "made", seconds)


def docker_logs() -> str:
    """Return where this Docker keeps the containers' logs, as an operator asks it."""
    command = ["docker", "info", "--format", "{{.DockerRootDir}}"]
    root = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    return f"{root}/containers"


def make_secrets(directory: Path, webhook: str) -> None:
    """Create passwords with the real script, the simulator's credentials, and the operator's webhook."""
    folder = directory / "secrets"
    script = REPOSITORY / "infrastructure" / "secrets.sh"
    subprocess.run([script, str(folder)], check=True, capture_output=True)
    (folder / "twitch_client_secret").write_text("simulator")
    (folder / "discord_token").write_text(BOT_TOKEN)
    (folder / "webhook_url").write_text(webhook)
    make_certificate(folder / "tls_certificate", folder / "tls_key")
    (folder / "twitch" / "twitch_user_tokens.json").write_text(json.dumps({"access_token": "simulator-user-token"}))
    subprocess.run([script, str(folder)], check=True, capture_output=True)


def make_certificate(certificate: Path, key: Path) -> None:
    """Make a certificate for the site's name, as an operator may have one."""
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"]
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(
        ["openssl", "req", *kind, *name, "-keyout", key, "-out", certificate], check=True, capture_output=True
    )
