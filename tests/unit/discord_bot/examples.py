"""Streams, servers and moments for the tests of the bot."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from contracts.moments import Moment
from discord_notices.rules.guild import Streamer
from discord_notices.rules.moment import MomentState
from discord_notices.rules.stream import PolledStream
from twitch_access.answers import Stream

NOW = datetime(2026, 8, 3, 12, 0, tzinfo=UTC)
EXAMPLES = Path(__file__).parents[3] / "libraries" / "contracts" / "examples" / "moments"
STREAMER = Streamer(channel_id="c1", login="ninja_cat", display_name="Ninja_Cat", picture_url="https://pic/1")


def seconds(number: float) -> timedelta:
    """So many seconds."""
    return timedelta(seconds=number)


def listed(**changes: object) -> Stream:
    """A stream as Twitch lists it."""
    fields = {
        "id": "s1",
        "user_id": "c1",
        "user_login": "ninja_cat",
        "started_at": NOW,
        "title": "Hello",
        "game_name": "Chess",
        "viewer_count": 100,
        "thumbnail_url": "https://previews/live-{width}x{height}.jpg",
    }
    return Stream(**{**fields, **changes})  # type: ignore[arg-type]


def polled(**changes: object) -> PolledStream:
    """A stream that was polled once."""
    fields = {
        "stream_id": "s1",
        "channel_id": "c1",
        "started_at": NOW,
        "title": "Hello",
        "game_name": "Chess",
        "thumbnail_url": "https://previews/live-{width}x{height}.jpg",
        "seen_at": NOW,
        "viewers_now": 1234,
        "viewers_peak": 2000,
        "viewers_sum": 1234,
        "polls": 1,
    }
    return PolledStream(**{**fields, **changes})  # type: ignore[arg-type]


def moment(revision: str = "closed", **changes: object) -> Moment:
    """A moment of the contract's examples."""
    known = msgspec.json.decode((EXAMPLES / f"{revision}.json").read_bytes(), type=Moment)
    return msgspec.structs.replace(known, **changes)


def moment_state(revision: str = "closed", **changes: object) -> MomentState:
    """A moment with its stream; its clip and the rest by `changes`."""
    fields: dict[str, object] = {
        "moment": moment(revision),
        "crossed_at": NOW,
        "login": "ninja_cat",
        "display_name": "Ninja_Cat",
        "game_name": "Chess",
    }
    return MomentState(**{**fields, **changes})  # type: ignore[arg-type]
