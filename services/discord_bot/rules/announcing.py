"""Which servers are told of a live stream: each once, in the channel that it chose, if the game passes its filter."""

from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct

from discord_notices.rules.games import fits
from discord_notices.rules.guild import AtEnd

Kind = Literal["live", "moment", "digest", "night"]


class Candidate(Struct, frozen=True, kw_only=True):
    """A live stream, a server that follows its channel, and what is known of the two.

    `state`: that of the ledger's row; None where there is none. `is_paused`: the text channel cannot be posted into.
    """

    guild_id: int
    stream_id: str
    channel_id: str
    game_name: str
    games: tuple[str, ...] = ()
    text_channel_id: int | None = None
    is_paused: bool = False
    is_live: bool = True
    state: str | None = None


class Intent(Struct, frozen=True, kw_only=True):
    """A message that is to be sent; kept before it is."""

    guild_id: int
    kind: Kind
    subject: str
    text_channel_id: int
    nonce: str
    channel_id: str | None = None


def is_announced(candidate: Candidate) -> bool:
    """Return whether the server is told now. What Discord refused may be tried again: nobody has seen it."""
    return (
        candidate.is_live
        and candidate.state in (None, "refused")
        and candidate.text_channel_id is not None
        and not candidate.is_paused
        and fits(candidate.games, candidate.game_name)
    )


def announced(candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield those that are told now, each server and stream once."""
    seen: set[tuple[int, str]] = set()
    for each in candidates:
        key = each.guild_id, each.stream_id
        if is_announced(each) and key not in seen:
            seen.add(key)
            yield each


Action = Literal["edit", "delete", "close", "wait"]


def action_at_end(at_end: AtEnd, ended: bool, shown_version: int, revision: int, is_settled: bool) -> Action:
    """Return what happens to a notice that is on Discord: edit it, delete it, never touch it again, or wait.

    `is_settled`: nothing more will be known of the ended stream, such as its recording.
    """
    if ended and at_end == "delete":
        return "delete"
    if ended and at_end == "leave":
        return "close"
    if shown_version < revision:
        return "edit"
    return "close" if ended and is_settled else "wait"
