"""A Postgres as machine A's, a simulated Discord and Twitch, and the bot as a process between them."""

import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks._image import as_in_image
from benchmarks._syncs import SOURCE, ShimCounter, SlowDisk
from benchmarks._usage import usage
from integration.support.database import as_role, prepare
from integration.support.metrics_page import total
from integration.support.quiet_simulator import QUIET

from discord_simulator.process import BOT_TOKEN, DiscordProcess
from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for
from embedded.servers import postgres
from embedded.servers.postgres import Postgres
from twitch_simulator.helix.tokens import CLIENT_ID, CLIENT_SECRET
from twitch_simulator.process import SimulatorProcess

MACHINE_A = {"shared_buffers": "48MB", "effective_cache_size": "192MB", "work_mem": "2MB", "max_connections": "40"}
NAMES_SECONDS = 6 * 3600.0  # in which the bot asks anew for everyone's name
START_SECONDS = 120.0
IMAGE = {
    "MALLOC_ARENA_MAX": "2",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUNBUFFERED": "1",
}  # as the service's image has it
Row = dict[str, Any]


class SlowPostgres(Postgres):
    """Each of its syncs takes longer and is counted."""

    disk: SlowDisk | None = None

    def environment(self) -> dict[str, str]:
        return super().environment() | (self.disk.environment if self.disk else {})


@dataclass(frozen=True)
class Size:
    """How many servers (as big as people's, or small ones), and how many channels Twitch has."""

    servers: int
    channels: int
    is_crowded: bool = False


class DiscordWorld:
    """Everything around the bot. `folder`: for logs and secrets."""

    def __init__(self, folder: Path, server: SlowPostgres, discord: DiscordProcess, twitch: SimulatorProcess) -> None:
        self._folder, self.server, self.discord, self.twitch = folder, server, discord, twitch
        self.dsn = server.dsn
        self.channels: list[Row] = twitch.state()["channels"]
        self.guilds = [each for each in discord.guilds() if each["has_bot"]]
        self.metrics, self._health = free_ports(2)
        self._image = as_in_image(folder / "image")

    def environment(self) -> dict[str, str]:
        """Return the bot's settings."""
        token, secret = self._folder / "discord_token", self._folder / "twitch_secret"
        token.write_text(BOT_TOKEN)
        secret.write_text(CLIENT_SECRET)
        return {
            "POSTGRES_DSN": as_role(self.dsn, "discord_bot"),
            "DISCORD_TOKEN_FILE": str(token),
            "DISCORD_API_URL": self.discord.api,
            "DISCORD_GATEWAY_URL": self.discord.gateway,
            "DISCORD_SITE_URL": "https://scout.example",
            "DISCORD_METRICS_PORT": str(self.metrics),
            "DISCORD_HEALTH_PORT": str(self._health),
            "TWITCH_API_URL": f"{self.twitch.url}/helix/",
            "TWITCH_AUTH_URL": f"{self.twitch.url}/oauth2/",
            "TWITCH_CLIENT_ID": CLIENT_ID,
            "TWITCH_CLIENT_SECRET_FILE": str(secret),
            **IMAGE,
            **self._image,
        }

    @contextmanager
    def bot(self, **settings: str) -> Iterator[int]:
        """Run the bot inside the block until it knows all servers; give its process id."""
        log = self._folder / "bot.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "discord_bot"],
                env=os.environ | self.environment() | settings,
                stdout=output,
                stderr=output,
            )
        try:
            wait_for("the bot knows all servers", lambda: self._is_ready(process, log), START_SECONDS, 0.2)
            yield process.pid
        except BaseException:
            sys.stderr.write(log.read_text()[-4000:])
            raise
        finally:
            process.terminate()
            process.wait(30)

    def _is_ready(self, process: "subprocess.Popen[bytes]", log: Path) -> bool:
        if process.poll() is not None:
            raise RuntimeError(f"the bot ended: {log.read_text()[-2000:]}")
        return total(self.metrics, "discord_bot_servers") >= len(self.guilds)

    def metric(self, name: str) -> float:
        """Return a metric of the bot."""
        return total(self.metrics, name)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with psycopg.connect(self.dsn) as connection:
            return connection.execute(sql, values).fetchall()  # type: ignore[call-overload]

    def write(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """Insert rows."""
        with psycopg.connect(self.dsn) as connection, connection.cursor() as cursor:
            cursor.executemany(sql, rows)  # type: ignore[arg-type]

    def follow(self, follows: Sequence[tuple[int, str, list[str]]]) -> None:
        """Write who is followed where, with which filter of games; names were asked for within the last hours."""
        logins, now = {each["channel_id"]: each["login"] for each in self.channels}, datetime.now(UTC)
        known = sorted({each[1] for each in follows})
        ages = random.Random(2)
        streamers = [
            (each, logins[each], logins[each].title(), now - ages.random() * timedelta(seconds=NAMES_SECONDS))
            for each in known
        ]
        self.write(
            "INSERT INTO discord_streamers (channel_id, login, display_name, asked_at) VALUES (%s, %s, %s, %s)",
            streamers,
        )
        self.write("INSERT INTO discord_follows (guild_id, channel_id, games) VALUES (%s, %s, %s)", follows)

    def offline(self, live: int) -> list[Row]:
        """Let all channels but the first `live` ones be offline; return the others."""
        for number, each in enumerate(self.channels):
            self.twitch.order("stream", login=each["login"], live=number < live)
        return self.channels[live:]

    def is_quiet(self) -> bool:
        """Return whether nothing is left to be sent."""
        return self.rows("SELECT count(*) FROM discord_messages WHERE state = 'intent'")[0][0] == 0


@contextmanager
def discord_world(size: Size, pause_ms: int | None = None) -> Iterator[DiscordWorld]:
    """Run all but the bot. `pause_ms`: by how much each sync of Postgres takes longer, counted too; None: neither."""
    postgres.SETTINGS |= MACHINE_A
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        server = SlowPostgres(folder / "postgres", *free_ports(1))
        if pause_ms is not None and SOURCE:
            server.disk = SlowDisk(folder, pause_ms)
        stack.enter_context(server)
        prepare(server.dsn)
        quiet = ("--channels", str(size.channels), "--messages-per-second", "0", *QUIET)
        twitch = stack.enter_context(SimulatorProcess(folder / "twitch", *quiet))
        flags = ("--guilds", str(size.servers), "--crowded", str(size.is_crowded).lower())
        discord = stack.enter_context(DiscordProcess(folder / "discord", *flags))
        yield DiscordWorld(folder, server, discord, twitch)


def p95(seconds: Sequence[float]) -> float:
    """Return the value that 95 of 100 stay below."""
    found = sorted(seconds)
    return found[min(len(found) - 1, int(len(found) * 0.95))]


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Return median, p95 and the longest, rounded."""
    found = sorted(seconds)
    return {
        "count": len(found),
        "p50": round(found[len(found) // 2], 2),
        "p95": round(p95(found), 2),
        "most": round(found[-1], 2),
    }


class Taken:
    """What the bot and Postgres take from now on until `end`."""

    def __init__(self, world: DiscordWorld, bot: int) -> None:
        self._parts = {"bot": [bot], "postgres": postgres_pids(world)}
        self._began = datetime.now(UTC)
        self._usage = {name: usage(pids) for name, pids in self._parts.items()}
        self._counter = ShimCounter(world.server.disk) if world.server.disk else None
        if self._counter:
            self._counter.start({"everything": []})

    def end(self) -> Mapping[str, float]:
        """Return syncs a second, and shares of a core."""
        seconds = (datetime.now(UTC) - self._began).total_seconds()
        found = {
            f"{name}_share_of_a_core": round((usage(pids) - self._usage[name]).cpu_seconds / seconds, 3)
            for name, pids in self._parts.items()
        }
        if self._counter:
            found["syncs_per_second"] = round(sum(self._counter.stop().values()) / seconds, 2)
        return found | {"seconds": round(seconds, 1)}


def postgres_pids(world: DiscordWorld) -> list[int]:
    """Return Postgres's processes."""
    root = int((world.server.directory / "postmaster.pid").read_text().split()[0])
    return [root, *(each.pid for each in psutil.Process(root).children(recursive=True))]
