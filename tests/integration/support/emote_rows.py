"""Minutes of emotes for the tests, and the roll-up at any time."""

from datetime import UTC, datetime

from integration.support.database import as_role
from integration.support.recorder_writer import NOW

from contracts.emote_counts import EmoteCounts, EmoteUses
from emote_counts.packing import pack_seconds
from emote_counts.uses import EmoteKey
from recorder.database import Database
from recorder.emotes.emote_days import EmoteDays

MINUTE_MS = 60_000
KEKW: EmoteKey = ("7tv", "01A", "KEKW")


def minute(
    at: int, cells: dict[EmoteKey, dict[int, int]], *, is_closed: bool = True, channel: str = "1"
) -> EmoteCounts:
    """Make a record in which everyone used an emote once."""
    emotes = [
        EmoteUses(provider=key[0], id=key[1], name=key[2], seconds=pack_seconds(sorted(uses.items())),
                  people=sum(uses.values()))  # type: ignore[arg-type]
        for key, uses in cells.items()
    ]  # fmt: skip
    return EmoteCounts(schema_version=1, channel_id=channel, minute_at=at, is_closed=is_closed, emotes=emotes)


def roll_up(dsn: str, now_ms: int = NOW) -> int:
    """Roll up once, at a time."""
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    return EmoteDays(Database(as_role(dsn, "recorder"), "test"), lambda: now).roll_up()
