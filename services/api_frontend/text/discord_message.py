"""Shows the bot's messages as Discord does: what they look like, without their links."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_timedelta
from markupsafe import Markup, escape

from api_frontend.reader import CURRENT
from api_frontend.translation import _, marked
from discord_notices.markup import Names, SayTime, render
from discord_notices.messages.examples import Example, example_message
from discord_notices.messages.message import GREY, Message
from discord_notices.rules.followed import Followed
from discord_notices.rules.guild import Guild
from discord_notices.rules.places import Places
from discord_notices.wording import language_of, speaking

NO_SERVER = Guild(guild_id=0, name="")
NO_PLACES = Places()
CAPTIONS: dict[Example, str] = {
    "live": marked("A streamer goes live"),
    "ended": marked("The same message once the stream is over"),
    "moment": marked("Chat erupts"),
    "clip": marked("The clip, as soon as there is one"),
    "daily": marked("The best of a day"),
    "weekly": marked("The best of a week"),
}
STYLES = {"D": "long", "F": "full"}  # of Babel, by Discord's; the others are short


@dataclass(frozen=True, kw_only=True)
class ShownMessage:
    """A message as a page shows it. `picture`: what Discord shows below the text: a stream's or a clip's."""

    caption: str
    language: str
    content: Markup
    author: str
    title: Markup
    description: Markup
    fields: list[tuple[str, Markup]]
    footer: str
    is_over: bool
    picture: str


def shown_message(message: Message, example: Example, names: Names, language: str) -> ShownMessage:
    """Prepare a message for its template."""
    card = message.card
    at = time_words(language)(card.at, "f", names.now) if card.at else ""
    return ShownMessage(
        caption=_(CAPTIONS[example]),
        language=language,
        content=render(message.content, names),
        author=card.author,
        title=escape(unescaped(card.title)),
        description=render(card.description, names),
        fields=[(field.name, render(field.value, names)) for field in card.fields],
        footer=" • ".join(each for each in (card.footer, at) if each),
        is_over=card.color == GREY,
        picture={"live": "stream", "clip": "clip"}.get(example, ""),
    )


def unescaped(title: str) -> str:
    """Return a title as Discord shows one that is a link: without the signs that keep markup out of force."""
    return str(Markup(render(title, Names({}, {}, {}, 0.0))).striptags())  # noqa: S704  # nosec B704


def examples(
    wanted: tuple[Example, ...],
    guild: Guild = NO_SERVER,
    followed: Followed | None = None,
    places: Places = NO_PLACES,
    language: str | None = None,
) -> list[ShownMessage]:
    """Return examples of a server's messages, in its language unless another one is named."""
    at, spoken = datetime.now(UTC), language or language_of(guild.language, guild.locale)
    names = names_of(places, at, spoken)
    with speaking(spoken):
        return [shown_message(example_message(guild, followed, each, at), each, names, spoken) for each in wanted]


def names_of(places: Places, at: datetime, language: str) -> Names:
    """Return what mentions are called, and how times are said."""
    return Names(
        users={},
        roles={each.role_id: each.name for each in places.roles},
        channels={each.text_channel_id: each.name for each in places.text_channels},
        now=at.timestamp(),
        say_time=time_words(language),
        has_links=False,
    )


def time_words(language: str) -> SayTime:
    """Return what says times in a language, in the reader's time zone."""

    def say(at: datetime, style: str, now: float) -> str:
        if style == "R":
            return format_timedelta(round(at.timestamp() - now), add_direction=True, locale=language)
        return format_datetime(at, STYLES.get(style, "short"), ZoneInfo(CURRENT.get().zone), language)

    return say


def said(text: str) -> Markup:
    """Show an answer of the bot's rules, which is written in Discord's markup."""
    return render(text, Names({}, {}, {}, 0.0, has_links=False))
