"""The website as a process, and rows for it as the recorder writes them."""

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import httpx
import psycopg
from integration.support.database import as_role, prepare
from integration.support.service_start import start_service

from api_frontend.data.stored_moment import StreamFacts
from contracts import codec
from contracts.moments import REVISIONS, EmoteCount, Evidence, Moment, WordCount
from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for
from embedded.servers.postgres import Postgres

DEADLINE = 30.0  # seconds; the machine may be busy
COLUMNS = ("moment_id", "revision_number", "channel_id", "crossed_at", "mood", "causes", "shadow", "biggest_in_seconds")
NO_STREAM = StreamFacts()
INSERT_MOMENT = """
    INSERT INTO moments (moment_id, revision_number, channel_id, crossed_at, mood, causes, shadow, biggest_in_seconds,
        document, title, game_name, language, grade, search)
    VALUES (%(moment_id)s, %(revision_number)s, %(channel_id)s, to_timestamp(%(crossed_at)s / 1000.0), %(mood)s,
        %(causes)s, %(shadow)s, %(biggest_in_seconds)s, %(document)s, %(title)s, %(game_name)s, %(language)s,
        moment_grade(%(document)s::jsonb), search_words(concat_ws(' ', (
            SELECT login || ' ' || display_name FROM channels WHERE channel_id = %(channel_id)s
        ), %(title)s::text, %(game_name)s::text)))
    ON CONFLICT (moment_id) DO UPDATE SET
        revision_number = excluded.revision_number, document = excluded.document, recorded_at = now(),
        grade = greatest(moments.grade, excluded.grade)
"""
INSERT_CLIP = """
    INSERT INTO clips (moment_id, revision_number, channel_id, crossed_at, status, decided_at, reason, title,
        duration_seconds, clip_id, url, embed_url)
    SELECT moment_id, %(revision)s, channel_id, crossed_at, %(status)s, now() - %(decided)s, %(reason)s,
        'What a save', 28, 'Clip1', 'https://clips.twitch.tv/Clip1', %(embed_url)s
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


def evidence(peak_at: int, expected_chatters: float) -> Evidence:
    """Make a burst's evidence, five seconds of it unread."""
    return Evidence(
        curve_from_at=peak_at - 60_000,
        messages=[3] * 58 + [30, 60, 40] + [5] * 29,
        chatters=[2] * 58 + [25, 50, 35] + [4] * 29,
        covered=[1] * 20 + [0] * 5 + [1] * 65,
        window_seconds=7,
        window_messages=260,
        window_chatters=212,
        usual_messages_per_second=3.1,
        usual_chatters_per_second=2.4,
        expected_chatters=expected_chatters,
        emotes=[EmoteCount("twitch", "1", "LUL", 140, 96)],
        words=[WordCount("clutch", 40, 31)],
    )


def moment(moment_id: str, crossed_at: int, revision: int, expected_chatters: float, **fields: Any) -> Moment:
    """Make a moment with everything that a page shows."""
    peak_at = crossed_at + 2000
    common: dict[str, Any] = {
        "schema_version": 1,
        "moment_id": moment_id,
        "revision": REVISIONS[min(revision, 3) - 1],
        "revision_number": revision,
        "detector_name": "crowd",
        "detector_version": 1,
        "channel_id": "11",
        "crossed_at": crossed_at,
        "peak_at": peak_at,
        "closed_at": peak_at + 30_000 if revision == 3 else None,
        "score": 12.5,
        "times_usual": 9.04,
        "stream_id": "s1",
        "stream_started_at": crossed_at - 3_600_000,
        "clip_from_at": crossed_at - 25_000,
        "clip_until_at": crossed_at + 7000,
        "evidence": evidence(peak_at, expected_chatters),
    }
    return Moment(**common | fields)


class Rows:
    """Writes what the recorder writes, notifications included."""

    def __init__(self, dsn: str) -> None:
        self._connection = psycopg.connect(dsn, autocommit=True)

    def clear(self) -> None:
        """Forget everything."""
        self._connection.execute("TRUNCATE moments, clips, channels, pipeline_progress")

    def delete_moments(self) -> None:
        """Forget moments and clips, faster than `clear` where they are few."""
        self._connection.execute("DELETE FROM moments")
        self._connection.execute("DELETE FROM clips")

    def channel(self, channel_id: str, login: str) -> None:
        """Store a channel with its name."""
        self._connection.execute(
            "INSERT INTO channels VALUES (%s, %s, %s, now())", (channel_id, login, login.capitalize())
        )

    def name(self, channel_id: str, display_name: str) -> None:
        """Give a channel another display name."""
        sql = "UPDATE channels SET display_name = %s WHERE channel_id = %s"
        self._connection.execute(sql, (display_name, channel_id))

    def forget(self, moment_id: str) -> None:
        """Delete a moment with its clip."""
        self._connection.execute("DELETE FROM moments WHERE moment_id = %s", (moment_id,))
        self._connection.execute("DELETE FROM clips WHERE moment_id = %s", (moment_id,))

    def moment(
        self,
        moment_id: str,
        ago_seconds: float = 5.0,
        *,
        revision: int = 1,
        expected: float = 0.0,
        notify: bool = True,
        stream: StreamFacts = NO_STREAM,
        **fields: Any,
    ) -> None:
        """Store a moment, or a higher revision of it, and notify in the same transaction; `fields` of the contract."""
        crossed_at = int((time.time() - ago_seconds) * 1000)
        self.store(moment(moment_id, crossed_at, revision, expected, **fields), notify, stream)

    def store(self, document: Moment, notify: bool = True, stream: StreamFacts = NO_STREAM) -> None:
        """Store a document as a row."""
        columns = {name: getattr(document, name) for name in COLUMNS}
        values = columns | vars(stream) | {"document": codec.encode(document).decode()}
        self._write(INSERT_MOMENT, values, document.moment_id, document.revision_number, notify)

    def recorded(self, moment_id: str, ago_seconds: float) -> None:
        """Date a moment's last change back."""
        sql = "UPDATE moments SET recorded_at = now() - %s WHERE moment_id = %s"
        self._connection.execute(sql, (timedelta(seconds=ago_seconds), moment_id))

    def delete(self, moment_id: str) -> None:
        """Forget a moment."""
        self._connection.execute("DELETE FROM moments WHERE moment_id = %s", (moment_id,))

    def hide(self, moment_id: str) -> None:
        """Hide a moment as `recorder.hiding` does."""
        self._connection.execute("INSERT INTO hidden_moments (moment_id) VALUES (%s)", (moment_id,))
        self.say(json.dumps({"id": moment_id}))

    def show_everything(self) -> None:
        """Forget what was hidden and who opted out."""
        self._connection.execute("DELETE FROM hidden_moments")
        self._connection.execute("DELETE FROM opt_outs")

    def opt_out(self, channel_id: str) -> None:
        """Put a channel on the list of those that have opted out; its rows stay, as while the recorder is away."""
        self._connection.execute(
            "INSERT INTO opt_outs (channel_id, is_out, changed_at) VALUES (%s, true, now())", (channel_id,)
        )

    def clip(
        self,
        moment_id: str,
        status: str,
        revision: int = 2,
        reason: str = "",
        embed_url: str = "https://clips.twitch.tv/embed?clip=Clip1",
        decided_ago: float = 0.0,
    ) -> None:
        """Store what became of a moment's clip."""
        values = {
            "moment_id": moment_id,
            "status": status,
            "revision": revision,
            "reason": reason,
            "embed_url": embed_url,
            "decided": timedelta(seconds=decided_ago),
        }
        self._write(INSERT_CLIP, values, moment_id, revision, True)

    def progress(self, age_seconds: float = 1.0) -> None:
        """Store the pipeline's progress, reported so long ago."""
        self._connection.execute(INSERT_PROGRESS, {"age": timedelta(seconds=age_seconds)})

    def stage(self, stage: str, age_seconds: float) -> None:
        """Store one stage's progress, reported so long ago."""
        sql = """
            INSERT INTO pipeline_progress (stage, event_at, updated_at)
            VALUES (%(stage)s, now() - %(age)s, now() - %(age)s)
            ON CONFLICT (stage) DO UPDATE SET event_at = excluded.event_at, updated_at = excluded.updated_at
        """
        self._connection.execute(sql, {"stage": stage, "age": timedelta(seconds=age_seconds)})

    def _write(self, sql: str, values: dict[str, Any], moment_id: str, revision: int, notify: bool) -> None:
        with self._connection.transaction():
            self._connection.execute(sql, values)
            if notify:
                payload = json.dumps({"id": moment_id, "revision": revision})
                self._connection.execute("SELECT pg_notify('moments', %s)", (payload,))

    def watched(self, channel_id: str, login: str) -> None:
        """Have the channel watched."""
        self._connection.execute("INSERT INTO watched_channels VALUES (%s, %s, 'pinned', now())", (channel_id, login))

    def stream(self, stream_id: str, channel_id: str, text: str) -> None:
        """Store a stream that began an hour ago, with this title and game."""
        self._connection.execute(
            "INSERT INTO streams (stream_id, channel_id, started_at, title, game_name, language, updated_at)"
            " VALUES (%s, %s, now() - interval '1 hour', %s, %s, 'en', now())",
            (stream_id, channel_id, text, text),
        )

    def say(self, payload: str) -> None:
        """Send a notification of any text."""
        self._connection.execute("SELECT pg_notify('moments', %s)", (payload,))

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


class SiteProcess:
    """`python -m api_frontend` on free ports."""

    def __init__(self, dsn: str, folder: Path, **settings: str) -> None:
        self.port, self.metrics_port = free_ports(2)
        self.url = f"http://localhost:{self.port}"
        login = as_role(dsn, "api_frontend")
        own = {"POSTGRES_DSN": login, "API_PORT": str(self.port), "API_METRICS_PORT": str(self.metrics_port)}
        own |= {
            "API_KEEP_SECONDS": "0",
            "API_PAGES_RATE_LIMIT": "100000/minute",
        }  # a test asks right after it has written
        self._environment = os.environ | own | settings
        self._log = folder / "api_frontend.log"

    def __enter__(self) -> Self:
        self.process = start_service("api_frontend", self._environment, self._log)
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
        """Return what it has logged."""
        return self._log.read_text()

    def is_listening(self) -> bool:
        """Return whether its LISTEN connection is open."""
        return "listening for moments" in self.log()

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.log()
        try:
            return httpx.get(f"{self.url}/health").status_code == 200
        except httpx.TransportError:
            return False


@contextmanager
def own_postgres(folder: Path) -> Iterator[Postgres]:
    """Start a migrated Postgres of the test's own, to be stopped at will."""
    with Postgres(folder / "postgres", free_ports(1)[0]) as server:
        prepare(server.dsn)
        yield server
