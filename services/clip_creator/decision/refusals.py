"""Remembers channels that Twitch lets nobody clip. Pure: rebuilt from the topic `clips`."""

from clip_creator.clip_log.records import FORBIDDEN
from contracts.clips import Clip

REMEMBER_MS = 24 * 3_600_000  # then Twitch is asked once again: a broadcaster may have changed the setting


class Refusals:
    """The latest refusal of each channel."""

    def __init__(self) -> None:
        self._latest: dict[str, tuple[int, str]] = {}  # channel id to the time and reason

    def add(self, clip: Clip) -> None:
        """Take a record into account: a refusal, or a request that Twitch has accepted since."""
        at, _ = self._latest.get(clip.channel_id, (0, ""))
        if clip.status == "refused" and clip.reason.startswith(FORBIDDEN):
            self._latest[clip.channel_id] = max((at, ""), (clip.decided_at, clip.reason))
        elif clip.clip_id and clip.decided_at > at:
            self._latest.pop(clip.channel_id, None)

    def of(self, channel_id: str, now: int) -> tuple[str, int] | None:
        """Return Twitch's reason and when to ask again; None if Twitch may be asked now."""
        at, reason = self._latest.get(channel_id, (0, ""))
        return (reason, at + REMEMBER_MS) if reason and now < at + REMEMBER_MS else None
