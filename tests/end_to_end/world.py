"""A running system for tests: control Twitch, query the site, Postgres and Kafka."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec
import psycopg

from contracts import codec
from embedded.processes.processes import marked
from embedded.processes.waiting import TooLateError, wait_for
from embedded.records import read_topic
from embedded.system import System

BASELINE_SECONDS = 80  # a baseline needs 73 covered seconds, plus the job's start
MOMENT_SECONDS = 120  # a burst's last revision comes 45 s after its start; slow machines need more
Json = dict[str, Any]


@dataclass
class World:
    """A running system and the channels that no test has used yet."""

    system: System
    unused: list[str] = field(default_factory=list)
    channel_ids: dict[str, str] = field(default_factory=dict)
    truth_folder: Path | None = None  # if the simulator is not part of the system

    def __post_init__(self) -> None:
        self.http = httpx.Client(timeout=10)

    def use(self, system: System) -> None:
        """Continue with the same system after it was started again."""
        self.system = system

    def wait_for_baseline(self) -> None:
        """Wait until every channel has been read long enough to detect a burst."""
        wait_for("chat has been read long enough for a baseline", self._has_baseline, 240, 1)
        state = self.http.get(self.system.url("simulator_http") + "/control/state").json()
        self.channel_ids = {channel["login"]: channel["channel_id"] for channel in state["channels"]}
        self.unused = [channel["login"] for channel in state["channels"] if channel["live"]]

    def fresh_channel(self) -> str:
        """Return a channel that no test has used: its next moment is its first."""
        return self.unused.pop()

    def _has_baseline(self) -> bool:
        row = self.query("SELECT count(*) FILTER (WHERE event = 'joined'), min(from_at) FROM coverage")[0]
        covered = self.query("SELECT extract(epoch FROM max(event_at) - %s) FROM pipeline_progress", row[1])[0][0]
        return bool(row[0]) and covered is not None and covered > BASELINE_SECONDS

    def replayed_channel(self) -> str:
        """Return the login of the recording that the simulator replays."""
        state = self.http.get(self.system.url("simulator_http") + "/control/state").json()
        return str(state["replays"][0]["login"])

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query on Postgres."""
        with psycopg.connect(self.system.dsn(), connect_timeout=5) as connection:
            return connection.execute(sql, values).fetchall()

    def control(self, action: str, **order: object) -> Json:
        """Send an order to the simulator."""
        answer = self.http.post(f"{self.system.url('simulator_http')}/control/{action}", json=order)
        answer.raise_for_status()
        return answer.json()

    def burst(self, login: str, **order: object) -> float:
        """Start a burst in a channel; return its start time."""
        began = time.time()
        scale: Json = {"seconds": 12, "messages_per_second": 40, "chatters": 300, "emote": "LUL"}
        self.control("burst", login=login, **{**scale, **order})
        return began

    def kill_at_once(self, names: Iterable[str]) -> dict[str, int]:
        """Kill every process of the programs with SIGKILL at once; return each program's killed pid."""
        dead = {name: self.system.pid(name) for name in names}
        pids = set(dead.values()) - {0}
        pids |= {each.pid for name in dead for each in marked(self.system.directory, name)}
        for pid in pids:
            with suppress(ProcessLookupError):  # ended together with its parent
                os.kill(pid, signal.SIGKILL)
        return dead

    def get(self, path: str) -> Json:
        """Return a JSON answer of the website."""
        answer = self.http.get(self.system.url("api") + path)
        answer.raise_for_status()
        return answer.json()

    def moments(self, login: str) -> list[Json]:
        """Return the channel's moments from the API; none of a channel that it does not know (yet)."""
        answer = self.http.get(f"{self.system.url('api')}/api/v1/moments?channel={login}")
        if answer.status_code == 404:
            return []
        answer.raise_for_status()
        return answer.json()["items"]

    def wait_for_moment(self, login: str, done: Callable[[Json], bool], seconds: float = MOMENT_SECONDS) -> Json:
        """Wait until the channel's newest moment is `done` and return it."""
        found: list[Json] = []

        def is_done() -> bool:
            try:
                found[:] = self.moments(login)[:1]
            except (httpx.HTTPError, KeyError):  # the website may have been killed
                return False
            return bool(found) and done(found[0])

        try:
            wait_for(f"a moment of {login} is as expected", is_done, seconds, 0.5)
        except TooLateError as error:
            raise TooLateError(f"{error}; last seen: {found}") from error
        return found[0]

    def truth(self, name: str) -> list[Json]:
        """Return the rows of one of the simulator's truth files."""
        file = (self.truth_folder or self.system.directory / "truth") / f"{name}.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def records(self, topic: str) -> list[msgspec.Struct]:
        """Return every committed record of a topic, decoded."""
        read = read_topic(self.system.address("KAFKA_BOOTSTRAP_SERVERS"), topic)
        return [codec.decode(topic, record.value) for record in read if record.value is not None]


def closed_with_outcome(moment: Json) -> bool:
    """Return whether the moment has its last revision and its clip an outcome."""
    return moment["revision"] == 3 and moment["clip"] is not None and moment["clip"]["status"] != "intent"
