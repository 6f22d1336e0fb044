"""Moments and clips as the recorder writes them, for the bot's tests."""

import json
from typing import Any

import psycopg
from integration.support.database import as_role
from integration.support.discord_world import World
from integration.support.recorder_writer import example
from msgspec.structs import asdict, replace

from contracts import codec
from recorder.database import load_queries

CHANNEL = "a"


class Recorder:
    """Writes moments and clips as the recorder does."""

    def __init__(self, dsn: str, world: World) -> None:
        self._connection = psycopg.connect(as_role(dsn, "recorder"), autocommit=True)
        self._queries: Any = load_queries()
        self._world = world

    def _ms(self) -> int:
        return round(self._world.now().timestamp() * 1000)

    def moment(self, revision: str, moment_id: str = "m1", **changes: Any) -> None:
        """Write a revision of a moment that is happening now."""
        fields = {"moment_id": moment_id, "channel_id": CHANNEL, "crossed_at": self._ms(), "no_clip_reason": None}
        document = replace(example("moments", revision), **{**fields, **changes})
        self._queries.write_moments(self._connection, rows=f"[{codec.encode(document).decode()}]")

    def clip(self, status: str, moment_id: str = "m1", channel_id: str = CHANNEL) -> None:
        """Write what became of its clip."""
        fields = {"moment_id": moment_id, "channel_id": channel_id, "crossed_at": self._ms(), "status": status}
        clip = replace(example("clips", "made"), **fields)
        self._queries.write_clips(self._connection, rows=json.dumps([asdict(clip)]))

    def hide(self, moment_id: str) -> None:
        """Hide a moment from visitors."""
        self._connection.execute("INSERT INTO hidden_moments (moment_id) VALUES (%s)", (moment_id,))
