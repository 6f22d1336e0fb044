"""The service that asks for viewers' clips as a process, and what capture says of channels and streams."""

import json
import os
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from confluent_kafka import Producer
from integration.support.probed_process import DEADLINE, ProbedProcess

from contracts import codec
from contracts.chat_messages import Coverage, Lifecycle
from contracts.topics import PARTITIONER, STREAM_LIFECYCLE
from twitch_simulator.helix.tokens import USER_ID
from twitch_simulator.process import SimulatorProcess

QUICK = {
    "VIEWER_CLIPS_LIVE_SECONDS": "2",
    "VIEWER_CLIPS_IDLE_SECONDS": "2",
    "TWITCH_VIEWER_CLIPS_POINTS": "100",
    "TWITCH_SPARE_POINTS": "50",
    "TWITCH_DEADLINE_SECONDS": "2",
}


class ViewerClipsService(ProbedProcess):
    """`python -m viewer_clips` as a process, beside the simulated Twitch."""

    def __init__(self, kafka: str, simulator: SimulatorProcess, folder: Path, **settings: str) -> None:
        super().__init__("viewer_clips", folder / "viewer_clips.log")
        self.folder = folder / "viewer-clips"
        secret, tokens = folder / "secret", folder / "tokens.json"
        secret.write_text("simulator")
        tokens.write_text(json.dumps({"access_token": "simulator-user-token", "user_id": USER_ID}))
        own = {
            "KAFKA_BOOTSTRAP_SERVERS": kafka,
            "TWITCH_API_URL": f"{simulator.url}/helix/",
            "TWITCH_AUTH_URL": f"{simulator.url}/oauth2/",
            "TWITCH_CLIENT_ID": "simulator",
            "TWITCH_CLIENT_SECRET_FILE": str(secret),
            "TWITCH_USER_TOKENS_FILE": str(tokens),
            "VIEWER_CLIPS_DIRECTORY": str(self.folder),
        }
        self._environment: Mapping[str, str] = os.environ | own | self.port_settings() | QUICK | settings


class Watching:
    """Says to Kafka what capture says: who is read, and which streams are on."""

    def __init__(self, kafka: str, simulator: SimulatorProcess) -> None:
        self._producer = Producer({"bootstrap.servers": kafka, "partitioner": PARTITIONER})
        self._simulator = simulator

    def join(self, channel_id: str, at: int | None = None) -> None:
        """Say that a channel is read since a time (ms), and what is on there."""
        (stream,) = self._simulator.helix("streams", user_id=channel_id).json()["data"]
        at = time.time_ns() // 1_000_000 if at is None else at
        started_at = round(datetime.fromisoformat(stream["started_at"]).timestamp() * 1000)
        self._say(Coverage(**head(channel_id, at), event="joined"))
        self._say(
            Lifecycle(
                **head(channel_id, at),
                event="online",
                login=stream["user_login"],
                display_name=stream["user_name"],
                stream_id=stream["id"],
                stream_started_at=started_at,
            )
        )

    def leave(self, channel_id: str, at: int) -> None:
        """Say that a channel is not read any more."""
        self._say(Coverage(**head(channel_id, at), event="left", reason="not watched"))

    def _say(self, record: Coverage | Lifecycle) -> None:
        self._producer.produce(STREAM_LIFECYCLE.name, codec.encode(record), key=record.channel_id)
        assert self._producer.flush(DEADLINE) == 0


def head(channel_id: str, at: int) -> dict[str, Any]:
    """Return what every record of a channel has."""
    return {"schema_version": 1, "channel_id": channel_id, "sent_at": at, "received_at": at, "instance": "a"}
