"""The notice of a stream: while it is live, and what becomes of it at the end."""

from datetime import datetime

from msgspec import Struct

from discord_notices.messages.durations import between, timestamp
from discord_notices.messages.marker import marked_address
from discord_notices.messages.mentions import quiet, role
from discord_notices.messages.message import GREY, MOST_TITLE, MOST_VALUE, Card, Field, Message
from discord_notices.messages.recap import StreamRecap, erupted_text, recap_fields
from discord_notices.messages.safe_text import is_address, safe
from discord_notices.messages.template import FIELD, filled
from discord_notices.rules.guild import Streamer
from discord_notices.rules.stream import PolledStream
from discord_notices.wording import _, language, wording

PREVIEW_SIZE = {"width": "640", "height": "360"}
MOST_NAME = 60  # characters as they are written; Twitch's names have 25
MOST_GAME = 200
MOST_SHOWN_TITLE = 300


class Notice(Struct, frozen=True, kw_only=True):
    """What a notice says, and how its server wants it said.

    Of the stream's moments: `best_clip_url`, and `recap` where the site has one.
    """

    stream: PolledStream
    streamer: Streamer
    nonce: str
    template: str = ""
    role_id: int | None = None
    vod_url: str = ""
    best_clip_url: str = ""
    recap: StreamRecap | None = None


def page_of(streamer: Streamer) -> str:
    """Return the address of a channel."""
    return f"https://www.twitch.tv/{streamer.login}"


def live_message(notice: Notice, at: datetime) -> Message:
    """Return the notice of a live stream. `at` makes the preview's address new: Discord keeps pictures by address."""
    stream, streamer = notice.stream, notice.streamer
    values = field_values(notice)
    template = notice.template or _("{name} is live: {title}\n{url}")
    if notice.role_id and "role" not in FIELD.findall(template):
        template = "{role} " + template
    fields = [Field(_("Viewers"), wording().number(stream.viewers_now))]
    if game := safe(stream.game_name, MOST_GAME):
        fields.insert(0, Field(_("Game"), game))
    card = Card(
        url=marked_address(page_of(streamer), notice.nonce),
        title=safe(stream.title, MOST_TITLE) or values["name"],
        author=streamer.display_name,
        author_icon=streamer.picture_url,
        image_url=preview(stream, at),
        footer="Twitch",
        at=stream.started_at,
        fields=tuple(fields),
    )
    return Message(content=filled(template, values).strip(), card=card, role_id=notice.role_id)


def ended_message(notice: Notice) -> Message:
    """Return what the notice becomes at the stream's end."""
    stream, streamer, recap = notice.stream, notice.streamer, notice.recap
    name = safe(streamer.display_name, MOST_NAME)
    ended_at = stream.ended_at or stream.seen_at
    said = [_("**%(name)s** was live.", name=name)]
    if recap and (erupted := erupted_text(recap)):
        said.append(erupted)
    card = Card(
        url=marked_address(notice.vod_url or page_of(streamer), notice.nonce),
        title=safe(stream.title, MOST_TITLE) or name,
        author=streamer.display_name,
        author_icon=streamer.picture_url,
        image_url=recap.picture(language(), stream.revision) if recap else "",
        footer="Twitch",
        at=ended_at,
        color=GREY,
        fields=tuple(ended_fields(notice, ended_at)),
    )
    return Message(content=" ".join(said), card=card)


def ended_fields(notice: Notice, ended_at: datetime) -> list[Field]:
    """Return what is said of a stream that has ended; the peaks of its recap stand for the best clip."""
    stream, recap = notice.stream, notice.recap
    fields = [
        Field(_("Duration"), between(stream.started_at, ended_at)),
        Field(_("Most viewers"), wording().number(stream.viewers_peak)),
    ]
    if game := safe(stream.game_name, MOST_GAME):
        fields.append(Field(_("Game"), game))
    if notice.vod_url:
        fields.append(Field(_("Recording"), linked(_("Watch it"), notice.vod_url)))
    if notice.best_clip_url and not (recap and recap.peaks):
        fields.append(Field(_("Best clip"), linked(_("Watch it"), notice.best_clip_url)))
    return [*fields, *recap_fields(recap, language())] if recap else fields


def field_values(notice: Notice) -> dict[str, str]:
    """Return what stands for each field of a template; strangers' texts do nothing."""
    stream, streamer = notice.stream, notice.streamer
    return {
        "name": safe(streamer.display_name, MOST_NAME),
        "login": safe(streamer.login, MOST_NAME),
        "title": safe(stream.title, MOST_SHOWN_TITLE),
        "game": safe(stream.game_name, MOST_GAME) or _("no game"),
        "viewers": wording().number(stream.viewers_now),
        "url": quiet(page_of(streamer)),  # in brackets Discord adds no card of its own
        "role": role(notice.role_id) if notice.role_id else "",
        "since": timestamp(stream.started_at),
    }


def preview(stream: PolledStream, at: datetime) -> str:
    """Return the address of the stream's picture of this minute; empty if Twitch gave none that is an address."""
    address = stream.thumbnail_url
    for name, size in PREVIEW_SIZE.items():
        address = address.replace(f"{{{name}}}", size)
    if not is_address(address):
        return ""
    return f"{address}{'&' if '?' in address else '?'}t={int(at.timestamp()) // 60}"


def linked(text: str, address: str) -> str:
    """Return a text that leads to an address; the text alone if that would be too long."""
    link = f"[{text}]({address})"
    return link if len(link) <= MOST_VALUE else text
