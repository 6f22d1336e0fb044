"""Emits notices and deletions in the rooms, at random or on request."""

import asyncio
from collections.abc import Sequence
from random import Random

from twitch_simulator.clock import SimulatedClock
from twitch_simulator.crowd.channels import Channel
from twitch_simulator.crowd.chatters import Chatter
from twitch_simulator.crowd.directory import Directory
from twitch_simulator.delivery.delivery import Delivery
from twitch_simulator.delivery.notices import TEXTS, USERNOTICES, deletion, draw_kind, user_notice
from twitch_simulator.delivery.rendering import Renderer
from twitch_simulator.irc import irc_lines
from twitch_simulator.truth import Truth, message_row

TIMEOUT_SECONDS = 600  # Twitch's default timeout


class Events:
    """Sends everything other than messages; the ground truth goes to notices.jsonl first."""

    def __init__(
        self,
        *,
        directory: Directory,
        delivery: Delivery,
        renderer: Renderer,
        truth: Truth,
        clock: SimulatedClock,
        crowd: Sequence[Chatter],
    ) -> None:
        self.sent = 0
        self._directory, self._delivery, self._truth, self._clock = directory, delivery, truth, clock
        self._crowd, self._last_line = crowd, renderer.last_line
        self._rng = Random()

    def emit(self, channel: Channel, kind: str, amount: int, seconds: int = TIMEOUT_SECONDS) -> dict[str, object]:
        """Emit one event in a room with listeners; return its row of the truth, empty if nothing was sent."""
        if not self._delivery.has_listeners(channel.login):
            return {}
        now = self._clock.now()
        if kind in USERNOTICES:
            first, second = self._rng.sample(self._crowd, 2)
            line, row = user_notice(self._rng, channel, kind, (first, second), amount, now)
            if kind in TEXTS:  # a message as well
                self._truth.messages([message_row(row["notice_id"], channel.channel_id, now)])
        else:
            made = deletion(channel, kind, self._last_line.get(channel.login), seconds, now)
            if made is None:
                return {}
            line, row = made
        self._truth.write("notices", row)
        self._truth.flush(0)
        self._delivery.send_notice(channel.login, line)
        self.sent += 1
        return row

    def change_rule(self, channel: Channel, name: str, value: int) -> dict[str, object]:
        """Change one of the room's rules, with or without listeners; return its row for rules.jsonl."""
        self._delivery.rooms.set_rule(channel.login, name, value)
        row: dict[str, object] = {"channel_id": channel.channel_id, "sent_at": self._clock.now()}
        row |= {"rule": name, "value": value}
        self._truth.write("rules", row)
        self._truth.flush(0)
        self._delivery.send_line(channel.login, irc_lines.rule(channel.login, channel.channel_id, name, value))
        return row

    async def emit_randomly(self, per_minute: float) -> None:
        """Emit events in random live rooms, until cancelled."""
        while per_minute > 0:
            await asyncio.sleep(self._rng.expovariate(per_minute / 60))
            live = self._directory.live()
            if live:
                self.emit(self._rng.choice(live), *draw_kind(self._rng))
