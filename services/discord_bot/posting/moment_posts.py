"""Messages of moments: posted, edited into the clip, or withdrawn, each time a moment changes."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from discord_bot.data.guilds import Guilds
from discord_bot.data.ledger import Ledger, Posted
from discord_bot.data.moments import MomentPosted, Moments
from discord_bot.polling.poll_loop import utc_now
from discord_bot.posting.changes import Changes
from discord_bot.rules.announcing import Intent
from discord_bot.sending.sender import Sender
from discord_bot.sending.verdict import Built, Verdict
from discord_notices.messages.marker import nonce_of
from discord_notices.messages.moment import MomentPost, moment_message
from discord_notices.rules.guild import Guild
from discord_notices.rules.moment import CLIP_FRESH_SECONDS, FRESH_SECONDS, MomentState, change_of, is_posted
from discord_notices.wording import language_of, speaking

BATCH = 100  # moments that are read together


def intent_of(state: MomentState, guild: Guild, text_channel_id: int) -> Intent:
    """Return the intent to post a moment."""
    moment = state.moment
    return Intent(
        guild_id=guild.guild_id,
        kind="moment",
        subject=moment.moment_id,
        channel_id=moment.channel_id,
        text_channel_id=text_channel_id,
        nonce=nonce_of(guild.guild_id, text_channel_id, "moment", moment.moment_id),
    )


def moment_verdict(state: MomentState | None, at: datetime) -> str:
    """Return whether an intended moment may be posted now: one that is no news waits for its clip."""
    if state is None or state.is_without_clip(at):
        return "over"
    age = at - state.crossed_at
    if state.has_clip:
        return "now" if age <= timedelta(seconds=CLIP_FRESH_SECONDS) else "over"
    return "now" if age <= timedelta(seconds=FRESH_SECONDS) else "wait"


class MomentPosts:
    """`now`: this machine's clock. `site_url`: where our website is, empty without one."""

    def __init__(
        self,
        *,
        moments: Moments,
        ledger: Ledger,
        guilds: Guilds,
        site_url: str,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._moments, self._ledger, self._guilds = moments, ledger, guilds
        self._site_url, self._now = site_url, now
        self._changes = Changes()

    async def changed(self, ids: Sequence[str], sender: Sender) -> None:
        """Post, edit or withdraw the messages of these moments."""
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            states = await self._moments.by_ids(batch)
            posts = await self._moments.posts_of(batch)
            await self._post(states, posts, sender)
            for post in posts:
                if post.posted is not None and not post.is_final and not self._changes.is_going_on(post.posted):
                    work = self._change(post, post.posted, states.get(post.subject), sender)
                    self._changes.begin(post.posted, work)
            await self._changes.settle()

    def close(self) -> None:
        """End what is going on."""
        self._changes.cancel()

    async def _post(self, states: dict[str, MomentState], posts: Iterable[MomentPosted], sender: Sender) -> None:
        known = {(post.guild_id, post.subject) for post in posts}
        guilds = await self._moments.guilds_for(sorted({each.moment.channel_id for each in states.values()}))
        found = {guild.guild_id for each in guilds.values() for guild in each}
        recent = defaultdict(list, await self._moments.recent_posts(sorted(found)) if found else {})
        intents = []
        for state in states.values():
            for guild in guilds.get(state.moment.channel_id, []):
                text_channel_id = guild.moments_channel_id
                if (guild.guild_id, state.moment.moment_id) in known or text_channel_id is None:
                    continue
                if is_posted(state, guild.moments, recent[guild.guild_id], self._now()):
                    recent[guild.guild_id].append(self._now())
                    intents.append(intent_of(state, guild, text_channel_id))
        sender.put(await self._ledger.intend(intents))

    async def _change(self, post: MomentPosted, posted: Posted, state: MomentState | None, sender: Sender) -> None:
        change = change_of(state, post.shown, self._now())
        if change == "withdraw":
            await sender.delete(posted)
        elif change == "close":
            await self._ledger.note_shown(posted, None, True)
        elif change == "edit" and state is not None:
            with speaking(post.language):
                message = moment_message(MomentPost(state=state, nonce=post.nonce, site_url=self._site_url))
            await sender.edit(posted, message, int(state.stage), is_urgent=True)

    async def build(self, intent: Intent) -> Verdict:
        """Return an intent's message, if it is still news."""
        state = (await self._moments.by_ids([intent.subject])).get(intent.subject)
        guild = await self._guilds.one(intent.guild_id)
        verdict = moment_verdict(state, self._now())
        if state is None or guild is None or verdict == "over":
            return "over"
        if verdict == "wait":
            return "wait"
        with speaking(language_of(guild.language, guild.locale)):
            message = moment_message(MomentPost(state=state, nonce=intent.nonce, site_url=self._site_url))
        return Built(message=message, shown_version=int(state.stage))
