"""Notices of streams: intended when a poll lists them, edited as they change, and settled at their end."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from msgspec.structs import replace

from discord_bot.data.ledger import Ledger, OpenNotice
from discord_bot.data.nights import Nights
from discord_bot.data.streams import Streams
from discord_bot.polling.poll_loop import utc_now
from discord_bot.polling.twitch import Twitch
from discord_bot.posting.changes import Changes
from discord_bot.rules.announcing import Action, Candidate, Intent, action_at_end, announced
from discord_bot.rules.editing import may_edit
from discord_bot.sending.sender import Sender
from discord_bot.sending.verdict import Built, Verdict, stream_verdict
from discord_notices.messages.live import Notice, ended_message, live_message
from discord_notices.messages.marker import nonce_of
from discord_notices.messages.message import Message
from discord_notices.messages.recap import StreamRecap
from discord_notices.messages.safe_text import is_address
from discord_notices.wording import speaking
from service_runtime.postgres import PostgresAwayError
from twitch_access.errors import TwitchError

EDITS_SECONDS = 5.0  # between two looks at what has changed
MOST_EDITS = 500  # looked at together
RECORDING_SECONDS = 120.0  # after the end, and twice that after the first time: Twitch lists recordings late
RECORDING_TIMES = 3
MOST_RECORDINGS = 5  # asked for with each look, a request each
LEFT_OPEN_SECONDS = 7200.0  # after the end, when a notice is settled whatever is still missing

log = structlog.get_logger()


def intent_of(candidate: Candidate) -> Intent:
    """Return the intent to tell a server of a stream. Raises ValueError without a text channel."""
    if candidate.text_channel_id is None:
        raise ValueError("there is no text channel to post into")
    return Intent(
        guild_id=candidate.guild_id,
        kind="live",
        subject=candidate.stream_id,
        channel_id=candidate.channel_id,
        text_channel_id=candidate.text_channel_id,
        nonce=nonce_of(candidate.guild_id, candidate.text_channel_id, "live", candidate.stream_id),
    )


def action_of(notice: OpenNotice, at: datetime) -> Action:
    """Return what happens to a notice on Discord now."""
    stream = notice.notice.stream
    ended_at = stream.ended_at
    is_settled = bool(notice.notice.vod_url) or notice.vod_asked >= RECORDING_TIMES
    if ended_at is not None and at - ended_at > timedelta(seconds=LEFT_OPEN_SECONDS):
        is_settled = True
    action = action_at_end(notice.at_end, ended_at is not None, notice.shown_version, stream.revision, is_settled)
    sent_at = notice.settled_at or at
    if action == "edit" and not may_edit(sent_at, notice.edited_at, at, is_last=ended_at is not None):
        return "wait"
    return action


class Best(NamedTuple):
    """What is worth looking at of a stream: its best clip, and its recap on the site."""

    clip_url: str = ""
    recap: StreamRecap | None = None


class LiveNotices:
    """`now`: this machine's clock. `twitch`: None without credentials."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        streams: Streams,
        nights: Nights,
        twitch: Twitch | None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._ledger, self._streams, self._nights = ledger, streams, nights
        self._twitch, self._now = twitch, now
        self._changes = Changes()

    async def announce(self, stream_ids: Sequence[str], sender: Sender) -> None:
        """Intend what has to be told of these live streams, and queue it."""
        if stream_ids:
            wanted = announced(await self._ledger.candidates(stream_ids))
            sender.put(await self._ledger.intend([intent_of(each) for each in wanted]))

    async def build(self, intent: Intent) -> Verdict:
        """Return an intent's message, if its stream is still live."""
        found = (await self._ledger.notices([intent])).get((intent.guild_id, intent.subject))
        if found is None:
            return "over"  # the server or the streamer is forgotten
        stream = found.notice.stream
        verdict = stream_verdict(stream, self._now(), found.intended_at)
        if verdict != "now":
            return verdict
        with speaking(found.language):
            return Built(message=live_message(found.notice, self._now()), shown_version=stream.revision)

    async def run(self, sender: Sender) -> None:
        """Edit, delete and settle what stands on Discord until cancelled."""
        try:
            while True:
                try:
                    await self.ask_recordings()
                    await self.change_all(sender)
                except PostgresAwayError as error:
                    log.warning("edits wait for Postgres", reason=str(error))
                await asyncio.sleep(EDITS_SECONDS)
        finally:
            self._changes.cancel()

    async def change_all(self, sender: Sender) -> None:
        """Bring the notices on Discord up to date, those that Discord makes wait later."""
        found = await self._ledger.changed_notices(MOST_EDITS, RECORDING_TIMES, LEFT_OPEN_SECONDS)
        notices = [each for each in found if not self._changes.is_going_on(each.posted)]
        best = await self._best_of(notices)
        for each in notices:
            self._changes.begin(each.posted, self._change(each, best, sender))
        await self._changes.settle()

    async def _change(self, notice: OpenNotice, best: Mapping[str, Best], sender: Sender) -> None:
        stream = notice.notice.stream
        match action_of(notice, self._now()):
            case "edit":
                with speaking(notice.language):
                    message = self._message(notice.notice, best.get(stream.stream_id, Best()))
                await sender.edit(notice.posted, message, stream.revision)
            case "delete":
                await sender.delete(notice.posted)
            case "close":
                await self._ledger.note_shown(notice.posted, None, True)

    def _message(self, told: Notice, best: Best) -> Message:
        if told.stream.ended_at is None:
            return live_message(told, self._now())
        return ended_message(replace(told, best_clip_url=best.clip_url, recap=best.recap))

    async def _best_of(self, notices: Sequence[OpenNotice]) -> dict[str, Best]:
        """Return the best of each stream that has ended, however many servers are told of it."""
        ended = {each.notice.stream.stream_id: each.notice for each in notices if each.at_end == "edit"}
        found = {}
        for stream_id, told in ended.items():
            stream = told.stream
            if stream.ended_at is not None:
                clip_url = await self._streams.best_clip(stream.channel_id, stream.started_at, stream.ended_at)
                found[stream_id] = Best(clip_url, await self._nights.of(stream, told.streamer, stream.ended_at))
        return found

    async def ask_recordings(self) -> None:
        """Ask Twitch for the recordings of streams that ended, a few at a time."""
        if self._twitch is None:
            return
        for each in await self._streams.recordings_to_ask(RECORDING_SECONDS, RECORDING_TIMES, MOST_RECORDINGS):
            try:
                vod_url = await self._twitch.recording(each.channel_id, each.stream_id)
            except TwitchError as error:
                log.warning("cannot get a recording", reason=str(error))
                return
            await self._streams.note_recording(each.stream_id, vod_url if is_address(vod_url) else "")
