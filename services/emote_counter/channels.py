"""Which channels' catalogues are asked for: those that chat named lately, also while machine A is away."""

import threading
from collections.abc import Callable, Iterable, Mapping

from emote_catalogue.refresh import Refresher
from emote_catalogue.versions import Versions
from service_runtime.clock import now_ms

WANTED_MS = 6 * 3_600_000  # a catalogue is refreshed so long after chat last named its channel


class WantedChannels:
    """The channels that chat named, and those that opted out. Safe to share between threads."""

    def __init__(
        self,
        refreshers: Iterable[Refresher],
        versions: Versions,
        named: Mapping[str, int] | None = None,
        wall_ms: Callable[[], int] = now_ms,
    ) -> None:
        self._refreshers, self._versions, self._wall_ms = tuple(refreshers), versions, wall_ms
        self._named: dict[str, int] = dict(named or {})
        self._opted_out: set[str] = set()
        self._lock = threading.Lock()
        self.name({})

    def name(self, named: Mapping[str, int]) -> None:
        """Note when chat named channels (ms), and let the catalogues of those wanted be refreshed."""
        now = self._wall_ms()
        with self._lock:
            for channel_id, at in named.items():
                if channel_id not in self._opted_out:
                    self._named[channel_id] = max(self._named.get(channel_id, 0), min(at, now))
            self._named = {each: at for each, at in self._named.items() if now - at < WANTED_MS}
            self._hand_over()

    def _hand_over(self) -> None:
        wanted = tuple(self._named)
        for refresher in self._refreshers:
            refresher.watch(wanted)

    def named(self) -> dict[str, int]:
        """Return when chat last named each channel."""
        with self._lock:
            return dict(self._named)

    def opted_out(self) -> set[str]:
        """Return the channels that opted out in chat's log."""
        with self._lock:
            return set(self._opted_out)

    def set_opted_out(self, channel_id: str, is_out: bool) -> None:
        """Note an opt-out, or its end. What is known of the channel is deleted by `forget`, if it is still out then."""
        with self._lock:
            if is_out:
                self._opted_out.add(channel_id)
                self._named.pop(channel_id, None)
                self._hand_over()
            else:
                self._opted_out.discard(channel_id)

    def forget(self, channel_ids: Iterable[str]) -> None:
        """Delete the catalogues of channels; an answer that is on its way may bring one back, so repeat it."""
        doomed = set(channel_ids)
        with self._lock:
            self._named = {each: at for each, at in self._named.items() if each not in doomed}
            self._hand_over()
        for channel_id in doomed & set(self._versions.channels()):
            self._versions.forget_channel(channel_id)
