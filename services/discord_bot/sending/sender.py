"""Sends what is intended, each once, and writes what became of it; Discord's fifty requests a second are kept."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping

import structlog

from contracts import metrics
from discord_bot.data.guilds import Guilds
from discord_bot.data.ledger import Ledger, Posted, State
from discord_bot.rules.announcing import Intent, Kind
from discord_bot.rules.editing import Pace
from discord_bot.sending.discord_side import DiscordSide
from discord_bot.sending.errors import Away, ChannelRefused, EditsSpent, MessageGone, Rejected
from discord_bot.sending.verdict import Built, Verdict
from discord_notices.messages.message import Message
from service_runtime.measures import measure
from service_runtime.postgres import PostgresAwayError

REQUESTS_PER_SECOND = 47  # Discord allows 50, some of which are left to commands; 2,000 servers take 43 s
WORKERS = 32  # at once: a text channel that has to wait holds up no other
PRIORITY: dict[Kind, int] = {"moment": 0, "live": 1, "digest": 2}
REJECTED = "rejected"  # a message that Discord takes in no channel: a fault of ours
EDITS_WAIT_SECONDS = 60.0  # for what has not been sent at all
Key = tuple[int, Kind, str]
Builder = Callable[[Intent], Awaitable[Verdict]]

log = structlog.get_logger()


def key_of(intent: Intent) -> Key:
    """Return what names a message in the ledger."""
    return intent.guild_id, intent.kind, intent.subject


class Sender:
    """`builders`: what an intent of each kind is worth now. `may_send`: whether this instance has the lease."""

    def __init__(
        self,
        *,
        side: DiscordSide,
        ledger: Ledger,
        guilds: Guilds,
        builders: Mapping[Kind, Builder],
        may_send: Callable[[], bool],
        pace: Pace | None = None,
    ) -> None:
        self._side, self._ledger, self._guilds = side, ledger, guilds
        self._builders, self._may_send = builders, may_send
        self._pace = pace or Pace(REQUESTS_PER_SECOND)
        self._queue: asyncio.PriorityQueue[tuple[int, int, Intent]] = asyncio.PriorityQueue()
        self._order = itertools.count()
        self._pending: set[Key] = set()
        self._idle = asyncio.Event()
        self._idle.set()

    def put(self, intents: Iterable[Intent]) -> None:
        """Queue intents that are in the ledger; one that is queued already stays as it is."""
        for intent in intents:
            if key_of(intent) in self._pending:
                continue
            self._pending.add(key_of(intent))
            self._idle.clear()
            self._queue.put_nowait((PRIORITY[intent.kind], next(self._order), intent))

    def is_pending(self, intent: Intent) -> bool:
        """Return whether the intent is queued or on its way."""
        return key_of(intent) in self._pending

    async def run(self) -> None:
        """Send until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(WORKERS):
                group.create_task(self._work())

    async def _work(self) -> None:
        while True:
            _, _, intent = await self._queue.get()
            try:
                await self._send(intent)
            except PostgresAwayError as error:
                log.warning("a message waits for Postgres", reason=str(error))
            finally:
                self._pending.discard(key_of(intent))
                if not self._pending:
                    self._idle.set()

    async def _send(self, intent: Intent) -> None:
        """Send one message; an intent that is left without an outcome is looked for later."""
        verdict = await self._builders[intent.kind](intent)
        if verdict == "over":
            await self._settle(intent, "over", "over")
        elif isinstance(verdict, Built):
            await self.turn()
            if self._may_send():
                await self._try(intent, verdict)

    async def _try(self, intent: Intent, built: Built) -> None:
        try:
            message_id = await self._side.send(intent.text_channel_id, built.message, intent.nonce)
        except ChannelRefused as error:
            await self._settle(intent, "refused", error.reason)
            await self._guilds.pause(intent.guild_id, intent.text_channel_id, error.reason)
            log.info("text channel paused", guild_id=intent.guild_id, reason=error.reason)
        except Rejected as error:
            log.error("Discord takes no such message", kind=intent.kind, reason=str(error))
            await self._settle(intent, "over", REJECTED)
        except Away as error:
            log.warning("Discord does not answer", reason=str(error))
            measure(metrics.DISCORD_MESSAGES).labels(kind=intent.kind, outcome="away").inc()
        else:
            await self._settle(intent, "sent", message_id=message_id, shown_version=built.shown_version)

    async def _settle(
        self, intent: Intent, state: State, reason: str = "", message_id: int | None = None, shown_version: int = 0
    ) -> None:
        await self._ledger.settle(intent, state, reason, message_id, shown_version)
        outcome = reason if reason == REJECTED else state
        measure(metrics.DISCORD_MESSAGES).labels(kind=intent.kind, outcome=outcome).inc()

    async def edit(self, posted: Posted, message: Message, shown_version: int, is_urgent: bool = False) -> bool:
        """Replace a message; return False if Discord is away, so that the same is wanted later.

        It waits until nothing is left to be sent, unless it is urgent.
        """
        if not is_urgent:
            await self.nothing_to_send()
        return await self._change(posted, lambda: self._edited(posted, message), shown_version, False)

    async def delete(self, posted: Posted) -> bool:
        """Delete a message, which is never touched again; return False if Discord is away."""
        return await self._change(
            posted, lambda: self._side.delete(posted.text_channel_id, posted.message_id), None, True
        )

    async def _edited(self, posted: Posted, message: Message) -> None:
        await self._side.edit(posted.text_channel_id, posted.message_id, message)

    async def _change(
        self, posted: Posted, ask: Callable[[], Awaitable[None]], shown_version: int | None, is_final: bool
    ) -> bool:
        await self.turn()
        if not self._may_send():
            return False
        outcome = "done"
        try:
            await ask()
        except (MessageGone, ChannelRefused, Rejected) as error:
            outcome, shown_version, is_final = type(error).__name__, None, True
        except EditsSpent:
            outcome = "EditsSpent"  # noted as shown, so that it is tried no sooner than the next change
        except Away as error:
            log.warning("a message is not changed yet", reason=str(error))
            return False
        measure(metrics.DISCORD_EDITS).labels(outcome=outcome).inc()
        await self._ledger.note_shown(posted, shown_version, is_final)
        return True

    async def nothing_to_send(self) -> None:
        """Wait, within bounds, until everything that was intended is on its way: news come before edits."""
        try:
            async with asyncio.timeout(EDITS_WAIT_SECONDS):
                await self._idle.wait()
        except TimeoutError:
            log.info("edits go on beside many new messages")

    async def turn(self) -> None:
        """Wait until one more request may go out."""
        wait = self._pace.wait_seconds(time.monotonic())
        if wait > 0:
            await asyncio.sleep(wait)
