"""Turns one look after the other into notes: what is up goes on, what is down has to last before it counts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from contracts.uptime import BRIDGED_SECONDS, Noted, Part, UptimeState

BRIDGED_MS = 1000 * BRIDGED_SECONDS


class Look(NamedTuple):
    """What was seen at a time (ms since 1970 UTC), and since when that has been so."""

    state: UptimeState
    since: int
    at: int


@dataclass(frozen=True)
class Track:
    """A part's present note, and a fault that has not lasted long enough yet."""

    part: Part
    note: Noted | None = None
    doubt: Look | None = None

    def after(self, look: Look | None, confirm_ms: int) -> "Track":
        """Return the track after a look; None: nobody can tell."""
        if look is None:
            return Track(self.part)
        note = self.note
        if note is not None and note.state is look.state and self._goes_on(note, look.at):
            return Track(self.part, Noted(note.part, note.state, note.from_at, look.at))
        if look.state is not UptimeState.DOWN:
            return Track(self.part, Noted(self.part, look.state, look.at, look.at))
        return self._doubted(look, confirm_ms)

    @staticmethod
    def _goes_on(note: Noted, at: int) -> bool:
        """Return whether the note may be made longer: not after a gap, nor when the clock was set back."""
        return note.until_at <= at <= note.until_at + BRIDGED_MS

    def _doubted(self, look: Look, confirm_ms: int) -> "Track":
        doubt = self.doubt
        if doubt is None or not doubt.at <= look.at:
            doubt = look
        if look.at - doubt.at < confirm_ms:
            return replace(self, doubt=doubt)
        return Track(self.part, Noted(self.part, UptimeState.DOWN, min(doubt.since, doubt.at), look.at))


class Changes(NamedTuple):
    """The notes that are new or longer, and whether one of them is new."""

    notes: list[Noted]
    has_begun: bool


class Tracks:
    """The tracks of all parts, and the notes that are not stored yet."""

    def __init__(self, confirm_seconds: float) -> None:
        self._confirm_ms = round(1000 * confirm_seconds)
        self._tracks = {part: Track(part) for part in Part}

    def look(self, looks: Mapping[Part, Look]) -> "Changes":
        """Take what was seen; return the notes that are new or longer now."""
        changed: list[Noted] = []
        has_begun = False
        for part, before in self._tracks.items():
            track = before.after(looks.get(part), self._confirm_ms)
            self._tracks[part] = track
            if track.note is not None and track.note != before.note:
                changed.append(track.note)
                has_begun |= before.note is None or before.note.from_at != track.note.from_at
        return Changes(changed, has_begun)

    def state(self, part: Part) -> UptimeState | None:
        """Return a part's state by its present note."""
        note = self._tracks[part].note
        return note.state if note else None
