"""The message of a moment: it erupts, it peaks, and it becomes the clip. Chat's words are not named, as on the site."""

from msgspec import Struct

from discord_notices.messages.durations import rarity
from discord_notices.messages.live import MOST_GAME, MOST_NAME
from discord_notices.messages.marker import marked_address
from discord_notices.messages.message import MOST_CONTENT, Card, Field, Message
from discord_notices.messages.safe_text import cut, safe
from discord_notices.rules.moment import MomentState, Stage
from discord_notices.wording import _, wording
from moment_detection.lead import going_on, lead, numbers

HOUR_SECONDS = 3600  # below it, how rare a moment was says little


class MomentPost(Struct, frozen=True, kw_only=True):
    """A moment and its marker. `site_url`: where our website is, empty without one."""

    state: MomentState
    nonce: str
    site_url: str = ""


def moment_message(post: MomentPost) -> Message:
    """Return the message of a moment as it is now."""
    state = post.state
    name = f"**{safe(state.display_name, MOST_NAME)}**"
    if state.stage is Stage.CLIP:
        content = f"{name} · {safe(lead(state.moment, wording()), 200)}\n{state.clip_url}"
        return Message(content=cut(content, MOST_CONTENT), card=card(post, description=numbers_of(state)))
    said = going_on(state.moment, wording()) if state.stage < Stage.CLOSED else lead(state.moment, wording())
    waits = _("A clip follows if Twitch makes one.")
    return Message(content=f"{name} · {safe(said, 200)}", card=card(post, description=f"{numbers_of(state)}\n{waits}"))


def card(post: MomentPost, description: str) -> Card:
    """Return the evidence beside the clip's link; it has no picture, since Discord shows the clip's own."""
    state = post.state
    game = safe(state.game_name, MOST_GAME)
    fields = [Field(_("Game"), game)] if game else []
    since = state.moment.biggest_in_seconds or 0
    if since >= HOUR_SECONDS:
        fields.append(Field(_("How rare"), rarity(since)))
    return Card(
        url=marked_address(page_of(post), post.nonce),
        title=_("The moment"),
        description=description,
        at=state.crossed_at,
        fields=tuple(fields),
    )


def page_of(post: MomentPost) -> str:
    """Return the moment's page on our site, or the channel at Twitch."""
    if post.site_url:
        return f"{post.site_url.rstrip('/')}/moments/{post.state.moment.moment_id}"
    return f"https://www.twitch.tv/{post.state.login}"


def numbers_of(state: MomentState) -> str:
    """Say how many people wrote."""
    return numbers(state.moment, wording())
