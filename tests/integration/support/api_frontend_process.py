"""The website as a process, and rows for it as the recorder writes them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import httpx
import psycopg
from psycopg.types.json import Jsonb

from embedded.paths import INFRASTRUCTURE
from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for
from embedded.servers.postgres import Postgres

DEADLINE = 30.0  # seconds; the machine may be busy
INSERT_MOMENT = """
    INSERT INTO moments (moment_id, revision_number, channel_id, detector_name, detector_version, stream_id,
        stream_started_at, crossed_at, peak_at, closed_at, score, times_usual, evidence,
        causes, mood, mood_share, biggest_in_seconds, clip_from_at, clip_until_at, no_clip_reason, shadow)
    VALUES (%(moment_id)s, %(revision)s, %(channel_id)s, 'burst', 1, 's1', %(crossed_at)s - interval '1 h',
        %(crossed_at)s, %(crossed_at)s + interval '2 s', NULL, 12.5, %(times)s, %(evidence)s,
        %(causes)s, %(mood)s, %(mood_share)s, %(biggest_in_seconds)s, %(crossed_at)s - interval '25 s',
        %(crossed_at)s + interval '7 s', %(no_clip_reason)s, %(shadow)s)
    ON CONFLICT (moment_id) DO UPDATE SET
        revision_number = excluded.revision_number, times_usual = excluded.times_usual, recorded_at = now()
"""
INSERT_CLIP = """
    INSERT INTO clips (moment_id, revision_number, channel_id, crossed_at, status, decided_at, reason, title,
        duration_seconds, clip_id, url, embed_url)
    SELECT moment_id, %(revision)s, channel_id, crossed_at, %(status)s, now(), %(reason)s, 'What a save', 28,
        'Clip1', 'https://clips.twitch.tv/Clip1', %(embed_url)s
    FROM (SELECT moment_id, channel_id, crossed_at FROM moments WHERE moment_id = %(moment_id)s
        UNION ALL SELECT %(moment_id)s, '11', now() ORDER BY crossed_at LIMIT 1) known
    ON CONFLICT (moment_id) DO UPDATE SET
        revision_number = excluded.revision_number, status = excluded.status, recorded_at = now()
"""
INSERT_PROGRESS = """
    INSERT INTO pipeline_progress (stage, event_at, updated_at)
    VALUES ('job', now() - %(age)s, now() - %(age)s), ('recorder', now(), now() - %(age)s)
    ON CONFLICT (stage) DO UPDATE SET event_at = excluded.event_at, updated_at = excluded.updated_at
"""


def evidence(peak_at: datetime) -> dict[str, Any]:
    """A burst's evidence, five seconds of it unread."""
    return {
        "curve_from_at": int(peak_at.timestamp() * 1000) - 60_000,
        "messages": [3] * 58 + [30, 60, 40] + [5] * 29,
        "chatters": [2] * 58 + [25, 50, 35] + [4] * 29,
        "covered": [1] * 20 + [0] * 5 + [1] * 65,
        "window_seconds": 7,
        "window_messages": 260,
        "window_chatters": 212,
        "usual_messages_per_second": 3.1,
        "usual_chatters_per_second": 2.4,
        "emotes": [{"provider": "twitch", "id": "1", "name": "LUL", "uses": 140, "chatters": 96}],
        "words": [{"word": "clutch", "uses": 40, "chatters": 31}],
    }


PEOPLE: dict[str, Any] = {
    "causes": [],
    "mood": None,
    "mood_share": None,
    "biggest_in_seconds": None,
    "no_clip_reason": None,
    "shadow": False,
}


class Rows:
    """Writes what the recorder writes, notifications included."""

    def __init__(self, dsn: str) -> None:
        self._connection = psycopg.connect(dsn, autocommit=True)

    def clear(self) -> None:
        """Forget everything."""
        self._connection.execute("TRUNCATE moments, clips, channels, pipeline_progress")

    def channel(self, channel_id: str, login: str) -> None:
        """A channel with its name."""
        self._connection.execute(
            "INSERT INTO channels VALUES (%s, %s, %s, now())", (channel_id, login, login.capitalize())
        )

    def moment(
        self,
        moment_id: str,
        ago_seconds: float = 5.0,
        channel_id: str = "11",
        revision: int = 1,
        times: float = 9.04,
        notify: bool = True,
        expected: float = 0.0,
        **people: Any,
    ) -> None:
        """A moment, or a higher revision of it, as one transaction with its notification; `people`: see `PEOPLE`."""
        crossed_at = datetime.now(UTC) - timedelta(seconds=ago_seconds)
        values = {
            "moment_id": moment_id,
            "revision": revision,
            "channel_id": channel_id,
            "crossed_at": crossed_at,
            "times": times,
            "evidence": Jsonb(evidence(crossed_at + timedelta(seconds=2)) | {"expected_chatters": expected}),
            **PEOPLE,
            **people,
        }
        self._write(INSERT_MOMENT, values, moment_id, revision, notify)

    def clip(
        self,
        moment_id: str,
        status: str,
        revision: int = 2,
        reason: str = "",
        embed_url: str = "https://clips.twitch.tv/embed?clip=Clip1",
    ) -> None:
        """What became of a moment's clip."""
        values = {
            "moment_id": moment_id,
            "status": status,
            "revision": revision,
            "reason": reason,
            "embed_url": embed_url,
        }
        self._write(INSERT_CLIP, values, moment_id, revision, True)

    def progress(self, age_seconds: float = 1.0) -> None:
        """The pipeline's last word, so long ago."""
        self._connection.execute(INSERT_PROGRESS, {"age": timedelta(seconds=age_seconds)})

    def _write(self, sql: str, values: dict[str, Any], moment_id: str, revision: int, notify: bool) -> None:
        with self._connection.transaction():
            self._connection.execute(sql, values)
            if notify:
                payload = json.dumps({"id": moment_id, "revision": revision})
                self._connection.execute("SELECT pg_notify('moments', %s)", (payload,))

    def say(self, payload: str) -> None:
        """A notification of any text."""
        self._connection.execute("SELECT pg_notify('moments', %s)", (payload,))

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


class SiteProcess:
    """`python -m api_frontend` on free ports."""

    def __init__(self, dsn: str, folder: Path, **settings: str) -> None:
        self.port, self.metrics_port = free_ports(2)
        self.url = f"http://localhost:{self.port}"
        own = {"POSTGRES_DSN": dsn, "API_PORT": str(self.port), "API_METRICS_PORT": str(self.metrics_port)}
        self._environment = os.environ | own | settings
        self._log = folder / "api_frontend.log"

    def __enter__(self) -> Self:
        with self._log.open("ab") as output:
            command = [sys.executable, "-m", "api_frontend"]
            self.process = subprocess.Popen(command, env=self._environment, stderr=output, stdout=output)
        wait_for("the website answers", self._answers, DEADLINE)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> int:
        """Ask it to end; return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(DEADLINE)

    def log(self) -> str:
        """What it has logged."""
        return self._log.read_text()

    def is_listening(self) -> bool:
        """Whether its LISTEN connection is there."""
        return "listening for moments" in self.log()

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.log()
        try:
            return httpx.get(f"{self.url}/health").status_code == 200
        except httpx.TransportError:
            return False


@contextmanager
def own_postgres(folder: Path) -> Iterator[Postgres]:
    """A migrated Postgres of one's own, to be stopped at will."""
    from recorder.migrate import migrate

    with Postgres(folder / "postgres", free_ports(1)[0]) as server:
        migrate(server.dsn, INFRASTRUCTURE / "postgres" / "migrations", wait_seconds=10.0)
        yield server
