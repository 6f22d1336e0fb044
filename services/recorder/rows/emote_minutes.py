"""Shapes a channel's minute of emotes."""

from typing import NamedTuple

from contracts.codec import ContractError
from contracts.emote_counts import EmoteCounts
from emote_counts.minute_row import MinuteUses
from emote_counts.packing import unpack_seconds
from emote_counts.uses import EmoteKey
from emote_counts.varint import PackingError
from recorder.rows.row import Row, Table

MINUTE_MS = 60_000
LARGEST = 2**31 - 1  # integer


class EmoteMinute(NamedTuple):
    """A minute whose emotes have no ids of ours yet."""

    channel_id: str
    minute_at: int
    is_closed: bool
    uses: int
    emotes: dict[EmoteKey, MinuteUses]


def emote_minute_rows(counts: EmoteCounts) -> tuple[Row, ...]:
    """Return one row of `emote_minutes`; raises `ContractError` unless it is a whole minute of possible counts."""
    if counts.minute_at % MINUTE_MS:
        raise ContractError(f"emote-counts: minute_at {counts.minute_at} is not the start of a minute")
    emotes: dict[EmoteKey, MinuteUses] = {}
    for emote in counts.emotes:
        key = (emote.provider, emote.id, emote.name)
        if key in emotes:
            raise ContractError(f"emote-counts: {emote.provider} {emote.id} is there twice")
        if "\x00" in emote.id + emote.name:
            raise ContractError(f"emote-counts: a name of {emote.provider} has a NUL")
        try:
            found = MinuteUses(tuple(unpack_seconds(emote.seconds)), emote.people)
        except PackingError as error:
            raise ContractError(f"emote-counts: {error}") from error
        if not 1 <= found.people <= found.uses:
            raise ContractError(f"emote-counts: {found.people} people cannot have used it {found.uses} times")
        emotes[key] = found
    uses = min(sum(found.uses for found in emotes.values()), LARGEST)
    return (Row(Table.EMOTE_MINUTES, EmoteMinute(counts.channel_id, counts.minute_at, counts.is_closed, uses, emotes)),)


def newest(rows: list[EmoteMinute]) -> list[EmoteMinute]:
    """Return one row of each minute, by the rule of the statement: closed ones are final, open ones grow."""
    minutes: dict[tuple[str, int], EmoteMinute] = {}
    for row in rows:
        known = minutes.get((row.channel_id, row.minute_at))
        if known is None or row.is_closed or (not known.is_closed and row.uses >= known.uses):
            minutes[row.channel_id, row.minute_at] = row
    return list(minutes.values())
