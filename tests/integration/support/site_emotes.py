"""Rows of emotes that the site reads, as the recorder and the emotes' counter write them, around the present."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from random import Random

import psycopg

from emote_counts.minute_row import MinuteUses, pack_minute

MINUTE = timedelta(minutes=1)
Key = tuple[str, str, str]  # provider, id, name
Cells = Mapping[Key, Mapping[int, int]]  # uses by emote and second
UPSERT = """
    INSERT INTO emote_minutes (channel_id, minute_at, is_closed, uses, packed) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (channel_id, minute_at) DO UPDATE SET
        is_closed = excluded.is_closed, uses = excluded.uses, packed = excluded.packed
"""
COMMON: tuple[Key, ...] = (
    ("7tv", "01F6MKTFTG0009C9ZSNYTFV2ZF", "KEKW"),
    ("twitch", "425618", "LUL"),
    ("7tv", "01GAM8EFQ00004MXFXAJYKA859", "OMEGALUL"),
    ("bttv", "5590b223b344e2c42a9e28e3", "EZ"),
    ("ffz", "128054", "OMEGAROLL"),
    ("7tv", "01F6NPFQXG000AAS5FM9QS2GVA", "Pog"),
    ("bttv", "566ca38765dbbdab32ec0560", "catJAM"),
    ("twitch", "305954156", "PogChamp"),
    ("7tv", "01GKDW0ZRR000FA0PZ3HY8ZBWE", "monkaS"),
    ("ffz", "270930", "AYAYA"),
    ("7tv", "01GB2ZHH680004V9X59M19HWRJ", "peepoHappy"),
    ("7tv", "01GB4CWAD0000BN8B7BQDM0Y1R", "Sadge"),
)


class EmoteRows:
    """`minute` is the one that had begun when this was made; "so many minutes ago" is before it."""

    def __init__(self, dsn: str) -> None:
        self._own = psycopg.connect(dsn, autocommit=True)
        self.minute = datetime.now(UTC).replace(second=0, microsecond=0)
        self._ids: dict[Key, int] = {}
        self._days: set[object] = set()

    def run(self, sql: str, *values: object) -> None:
        """Run a statement."""
        self._own.execute(sql, values)  # type: ignore[call-overload]

    def at_once(self) -> AbstractContextManager[object]:
        """Show the site everything within at once: what it keeps in memory is never of half of it."""
        return self._own.transaction()

    def value(self, sql: str, *values: object) -> object:
        """Return the first column of the first row; None without rows."""
        row = self._own.execute(sql, values).fetchone()  # type: ignore[call-overload]
        return row[0] if row else None

    def present(self) -> tuple[int, int]:
        """Return this second: how many minutes ago its minute began, less than none, and its place in the minute."""
        minutes, second = divmod(int((datetime.now(UTC) - self.minute).total_seconds()), 60)
        return -minutes, second

    def id_of(self, key: Key) -> int:
        """Return our id of an emote, which chat has used then."""
        if key not in self._ids:
            row = self._own.execute(
                "INSERT INTO emotes (provider, provider_id, name, used_on) VALUES (%s, %s, %s, now())"
                " ON CONFLICT (provider, provider_id, name) DO UPDATE SET used_on = excluded.used_on"
                " RETURNING emote_id",
                key,
            ).fetchone()
            assert row is not None
            self._ids[key] = row[0]
        return self._ids[key]

    def used(
        self, channel_id: str, minutes_ago: int, cells: Cells, *, is_closed: bool = True, people: int | None = None
    ) -> None:
        """Store the minute that began so many minutes ago; `people` of each emote, else as many as uses."""
        minute_at = self.minute - minutes_ago * MINUTE
        if minute_at.date() not in self._days:
            self.run("SELECT make_emote_partitions(%s)", minute_at.date())
            self._days.add(minute_at.date())
        found = {
            self.id_of(key): MinuteUses(tuple(sorted(uses.items())), people or sum(uses.values()))
            for key, uses in cells.items()
        }
        total = sum(each.uses for each in found.values())
        self.run(UPSERT, channel_id, minute_at, is_closed, total, pack_minute(found))

    def known(
        self, scope: str, key: Key, image: str = "", *, is_animated: bool | None = None, went_ago: float | None = None
    ) -> None:
        """Store an emote of a catalogue, which went so many minutes ago."""
        went_at = None if went_ago is None else self.minute - went_ago * MINUTE
        self.run(
            "INSERT INTO emote_versions VALUES (%s, %s, %s, %s, false, %s, %s, now() - interval '20 days', %s)",
            scope, *key, is_animated, image, went_at,
        )  # fmt: skip

    def clear(self) -> None:
        """Forget everything of emotes."""
        self.run("TRUNCATE emotes, emote_minutes, emote_days, emote_rollups, emote_versions, emote_interest")
        self._ids.clear()

    def close(self) -> None:
        """End the connection."""
        self._own.close()


def fill_emotes(rows: EmoteRows, channel_id: str, origin: str, minutes: int = 90, unread: range = range(0)) -> None:
    """Store a channel's emotes with a heavy tail, loud at times, as a demo has them."""
    dice = Random(channel_id)
    own: list[Key] = [("7tv", f"01OWN{channel_id}{number:02d}", f"{name}{channel_id}") for number, name in
                      enumerate(("Hype", "Sip", "Wave", "Rage"))]  # fmt: skip
    keys = [*COMMON, *own]
    weights = [1 / (rank + 1) ** 1.1 for rank in range(len(keys))]
    for minute in range(1, minutes + 1):
        if minute in unread:
            continue
        cells: dict[Key, dict[int, int]] = {}
        loud = 6 if minute % 17 < 2 else 1
        for key in dice.choices(keys, weights, k=dice.randint(14, 26) * loud):
            second = min(59, max(0, round(dice.gauss(25, 9)))) if loud > 1 else dice.randrange(60)
            uses = cells.setdefault(key, {})
            uses[second] = uses.get(second, 0) + dice.choice((1, 1, 1, 2))
        rows.used(channel_id, minute, cells, people=dice.randint(2, 9))
    for provider, emote_id, name in keys:
        if provider != "twitch":
            size = {"7tv": "2x.webp", "bttv": "2x.webp", "ffz": "2"}[provider]
            scope = channel_id if name.endswith(channel_id) else "global"
            if not rows.value("SELECT 1 FROM emote_versions WHERE scope = %s AND emote_id = %s", scope, emote_id):
                image = f"{origin}/{provider}/emote/{emote_id}/{size}"
                rows.known(scope, (provider, emote_id, name), image, is_animated=dice.random() < 0.3)
