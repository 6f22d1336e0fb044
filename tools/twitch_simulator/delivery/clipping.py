"""Lets viewers clip bursts: what was planned is made when it is due, if the stream is still on."""

import asyncio
import heapq
from random import Random

from twitch_simulator.clock import SimulatedClock
from twitch_simulator.crowd.bursts import Burst
from twitch_simulator.crowd.chatters import Chatter
from twitch_simulator.crowd.clippers import PlannedClip, plan_clips
from twitch_simulator.crowd.directory import Directory
from twitch_simulator.helix.viewer_clips import ViewerClips

EVERY_SECONDS = 0.2


class Clipping:
    """`per_burst`: clips of a burst that viewers do not miss, on average; 0: nobody clips anything by himself."""

    def __init__(
        self, *, clips: ViewerClips, directory: Directory, clock: SimulatedClock, crowd: list[Chatter], per_burst: float
    ) -> None:
        self._clips, self._directory, self._clock = clips, directory, clock
        self._crowd, self._per_burst = crowd, per_burst
        self._planned: list[tuple[int, int, PlannedClip]] = []
        self._order = 0

    def see(self, burst: Burst, rng: Random) -> None:
        """Plan the clips of a burst."""
        if self._per_burst > 0:
            for clip in plan_clips(Random(rng.random()), burst, self._crowd, self._per_burst):
                self._order += 1
                heapq.heappush(self._planned, (clip.at, self._order, clip))

    def due(self, now: int) -> None:
        """Make what is due at `now` (ms, the machine's clock)."""
        while self._planned and self._planned[0][0] <= now:
            _, _, clip = heapq.heappop(self._planned)
            stream = self._directory.stream(clip.channel)
            if stream is not None:
                offset = self._clock.offset_ms
                self._clips.make(
                    stream,
                    clip.viewer,
                    shown=(clip.from_at + offset, clip.until_at + offset),
                    title=clip.title,
                    joke=clip.joke,
                )

    async def run(self) -> None:
        """Make clips until cancelled."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            self.due(self._clock.machine())
