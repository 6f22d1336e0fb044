"""Sends what is intended, each once, edits and deletes what stands there, and writes what became of it."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping
from functools import partial
from typing import Final

import structlog

from contracts import metrics
from discord_bot.data.guilds import Guilds
from discord_bot.data.ledger import Ledger, Posted, State
from discord_bot.rules.announcing import Intent, Kind
from discord_bot.sending.discord_side import DiscordSide
from discord_bot.sending.dispatcher import Dispatcher, Priority
from discord_bot.sending.errors import Away, ChannelRefused, DiscordError, EditsSpent, MessageGone, Rejected
from discord_bot.sending.verdict import Built, Verdict
from discord_notices.messages.message import Message
from service_runtime.measures import measure
from service_runtime.postgres import PostgresAwayError

PRIORITIES: Final[dict[Kind, Priority]] = {
    "moment": Priority.MOMENT,
    "live": Priority.LIVE,
    "digest": Priority.DIGEST,
    "night": Priority.DIGEST,
}
WAIT_SECONDS = 10.0  # between two looks whether an intent that had to wait is news now
REJECTED = "rejected"  # a message that Discord takes in no channel: a fault of ours
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
        dispatcher: Dispatcher | None = None,
    ) -> None:
        self._side, self._ledger, self._guilds = side, ledger, guilds
        self._builders, self._may_send = builders, may_send
        self._dispatcher = dispatcher or Dispatcher()
        self.run, self.turn = self._dispatcher.run, self._dispatcher.turn
        self._queued: set[Key] = set()
        self._waiting: set[Key] = set()  # known not to be on Discord
        self._idle = asyncio.Event()
        self._idle.set()

    def put(self, intents: Iterable[Intent]) -> None:
        """Queue intents that are in the ledger; one that is queued already stays as it is."""
        for intent in intents:
            if not self.is_pending(intent):
                self._queue(intent)

    def is_pending(self, intent: Intent) -> bool:
        """Return whether the intent is queued, on its way, or waits until it is news."""
        return key_of(intent) in self._queued or key_of(intent) in self._waiting

    def _queue(self, intent: Intent) -> None:
        self._waiting.discard(key_of(intent))
        self._queued.add(key_of(intent))
        self._idle.clear()
        lane = "send", intent.text_channel_id
        self._dispatcher.put(PRIORITIES[intent.kind], lane, partial(self._deliver, intent))

    async def _deliver(self, intent: Intent) -> None:
        """Send one message; an intent that is left without an outcome is looked for later."""
        try:
            verdict = await self._builders[intent.kind](intent)
            if verdict == "over":
                await self._settle(intent, "over", "over")
            elif verdict == "wait":
                self._wait(intent)
            elif self._may_send():
                await self._try(intent, verdict)
        except PostgresAwayError as error:
            log.warning("a message waits for Postgres", reason=str(error))
        finally:
            self._queued.discard(key_of(intent))
            if not self._queued:
                self._idle.set()

    def _wait(self, intent: Intent) -> None:
        self._waiting.add(key_of(intent))
        asyncio.get_running_loop().call_later(WAIT_SECONDS, self._queue, intent)

    async def _try(self, intent: Intent, built: Built) -> None:
        try:
            message_id = await self._side.send(intent.text_channel_id, built.message, intent.nonce)
        except ChannelRefused as error:
            await self._settle(intent, "refused", error.reason)
            await self.pause(intent.guild_id, intent.text_channel_id, error)
        except Rejected as error:
            log.error("Discord takes no such message", kind=intent.kind, reason=str(error))
            await self._settle(intent, "over", REJECTED)
        except Away as error:
            log.warning("Discord does not answer", reason=str(error))
            measure(metrics.DISCORD_MESSAGES).labels(kind=intent.kind, outcome="away").inc()
        else:
            await self._settle(intent, "sent", message_id=message_id, shown_version=built.shown_version)

    async def pause(self, guild_id: int, text_channel_id: int, error: ChannelRefused) -> None:
        """Post nothing more into a text channel; where the bot has left the server, nothing is wrong with it."""
        if self._side.is_in(guild_id):
            await self._guilds.pause(guild_id, text_channel_id, error.reason)
            log.info("text channel paused", guild_id=guild_id, reason=error.reason)

    async def _settle(
        self, intent: Intent, state: State, reason: str = "", message_id: int | None = None, shown_version: int = 0
    ) -> None:
        await self._ledger.settle(intent, state, reason, message_id, shown_version)
        outcome = reason if reason == REJECTED else state
        measure(metrics.DISCORD_MESSAGES).labels(kind=intent.kind, outcome=outcome).inc()

    async def edit(self, posted: Posted, message: Message, shown_version: int, is_urgent: bool = False) -> bool:
        """Replace a message, after what is to be sent unless it is urgent.

        Return False if Discord does not take it now, so that the same is wanted later.
        """
        ask = partial(self._side.edit, posted.text_channel_id, posted.message_id, message)
        return await self._in_turn(posted, partial(self._change, posted, ask, shown_version, False), is_urgent)

    async def delete(self, posted: Posted) -> bool:
        """Delete a message, which is never touched again; return False if Discord is away."""
        ask = partial(self._side.delete, posted.text_channel_id, posted.message_id)
        return await self._in_turn(posted, partial(self._change, posted, ask, None, True), False)

    async def _in_turn(self, posted: Posted, work: Callable[[], Awaitable[bool]], is_urgent: bool) -> bool:
        """Do something to a message in its turn, and return or raise what comes of it."""
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        async def job() -> None:
            if done.cancelled():
                return
            try:
                result = await work()
            except (DiscordError, PostgresAwayError) as error:
                if not done.done():
                    done.set_exception(error)
                return
            if not done.done():
                done.set_result(result)

        priority = Priority.MOMENT if is_urgent else Priority.EDIT
        lane: Hashable = "change", posted.text_channel_id
        self._dispatcher.put(priority, lane, job)
        return await done

    async def _change(
        self, posted: Posted, ask: Callable[[], Awaitable[None]], shown_version: int | None, is_final: bool
    ) -> bool:
        if not self._may_send():
            return False
        outcome = "done"
        try:
            await ask()
        except (MessageGone, Rejected) as error:
            outcome, shown_version, is_final = type(error).__name__, None, True
        except ChannelRefused as error:
            if not error.is_for_good:
                await self._later(posted, error)
                return False
            outcome, shown_version, is_final = error.reason, None, True
        except (EditsSpent, Away) as error:
            await self._later(posted, error)
            return False
        measure(metrics.DISCORD_EDITS).labels(outcome=outcome).inc()
        await self._ledger.note_shown(posted, shown_version, is_final)
        return True

    async def _later(self, posted: Posted, error: DiscordError) -> None:
        """Note that a message could not be changed now."""
        log.warning("a message is not changed yet", guild_id=posted.guild_id, reason=str(error))
        measure(metrics.DISCORD_EDITS).labels(outcome=type(error).__name__).inc()
        if isinstance(error, ChannelRefused):
            await self.pause(posted.guild_id, posted.text_channel_id, error)
        if isinstance(error, EditsSpent):
            await self._ledger.note_tried(posted)

    async def nothing_to_send(self) -> None:
        """Wait until everything that was queued has an outcome, or waits for what may come."""
        await self._idle.wait()
