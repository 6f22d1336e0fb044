"""Renders Discord's markdown as HTML; whatever is no markup is escaped."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from markupsafe import Markup, escape

INLINE: Final = re.compile(
    r"""\\(?P<escaped>[*_~`|>\\<@\[\]()#-])
    |`(?P<code>[^`\n]+)`
    |<(?P<mention>@!?|@&|\#)(?P<target>\d{1,20})>
    |<t:(?P<time>-?\d{1,11})(?::(?P<style>[tTdDfFR]))?>
    |<a?:(?P<emoji>\w{1,32}):\d{1,20}>
    |\[(?P<label>[^\[\]\n]{1,300})\]\(<?(?P<href>https?://[^\s()<>]+)>?\)
    |<(?P<quiet>https?://[^\s<>]+)>
    |(?P<bare>https?://[^\s<>]+)
    |\*\*(?P<bold>.+?)\*\*
    |__(?P<underlined>.+?)__
    |~~(?P<struck>.+?)~~
    |\|\|(?P<spoiler>.+?)\|\|
    |\*(?P<italic>[^*\s][^*]*?)\*
    |(?<!\w)_(?P<slanted>[^_\s][^_]*?)_(?!\w)
    |(?P<everyone>@everyone|@here)""",
    re.VERBOSE | re.ASCII | re.DOTALL,
)
TAGS: Final = {"bold": "strong", "underlined": "u", "struck": "s", "italic": "em", "slanted": "em"}
FENCE: Final = re.compile(r"```(?:[\w+-]*\n)?(.*?)```", re.DOTALL)
BARE: Final = re.compile(r"(?<!<)(?<!\]\()https?://[^\s<>()]+")
FORMATS: Final = {"t": "%H:%M", "T": "%H:%M:%S", "d": "%d/%m/%Y", "D": "%d %B %Y", "F": "%A, %d %B %Y %H:%M"}
UNITS: Final = ((31_536_000, "year"), (2_592_000, "month"), (86_400, "day"), (3600, "hour"), (60, "minute"))


@dataclass(frozen=True)
class Names:
    """What mentions are called, by id; `now` in seconds since 1970.

    `say_time`: says a time in a style of Discord's. `has_links`: False where links are only to be looked at.
    """

    users: Mapping[int, str]
    roles: Mapping[int, str]
    channels: Mapping[int, str]
    now: float
    say_time: "SayTime | None" = None
    has_links: bool = True

    def of(self, kind: str, number: int) -> str:
        """Return a mention as it is shown."""
        if kind == "#":
            return "#" + self.channels.get(number, "unknown")
        if kind == "@&":
            return "@" + self.roles.get(number, "unknown-role").removeprefix("@")
        return "@" + self.users.get(number, "unknown-user")


SayTime = Callable[[datetime, str, float], str]  # the time, its style, and now in seconds since 1970


def relative(seconds: float) -> str:
    """Say how far away a moment is; positive: in the future."""
    size = abs(seconds)
    for length, unit in UNITS:
        if size >= length:
            count = round(size / length)
            text = f"{count} {unit}{'s' if count > 1 else ''}"
            return f"in {text}" if seconds > 0 else f"{text} ago"
    return "in a few seconds" if seconds > 0 else "a few seconds ago"


def in_english(at: datetime, style: str, now: float) -> str:
    """Say a time in English and UTC."""
    return relative(at.timestamp() - now) if style == "R" else at.strftime(FORMATS.get(style, "%d %B %Y %H:%M"))


def shown_time(at: int, style: str, names: Names) -> Markup:
    """Render a timestamp; its title is in UTC."""
    try:
        moment = datetime.fromtimestamp(at, UTC)
    except (OverflowError, ValueError, OSError):
        return escape(f"<t:{at}>")
    text = (names.say_time or in_english)(moment, style, names.now)
    return Markup('<time datetime="{}" title="{} UTC">{}</time>').format(
        moment.isoformat(), moment.strftime("%d %B %Y %H:%M"), text
    )


def link(href: str, label: object, names: Names) -> Markup:
    """Render a link."""
    if not names.has_links:
        return Markup('<span class="link">{}</span>').format(label)
    return Markup('<a href="{}" rel="noopener noreferrer nofollow" target="_blank">{}</a>').format(href, label)


def render_match(match: re.Match[str], names: Names) -> Markup:
    """Render one piece of markup."""
    found = {key: value for key, value in match.groupdict().items() if value is not None}
    kind = next(iter(found))
    value = found[kind]
    if kind in TAGS:
        tag = TAGS[kind]
        return Markup(f"<{tag}>") + render_inline(value, names) + Markup(f"</{tag}>")  # nosec B704 # noqa: S704
    if kind == "label":
        return link(found["href"], render_inline(value, names), names)
    if kind == "time":
        return shown_time(int(value), found.get("style", "f"), names)
    if kind == "mention":
        return Markup('<span class="mention">{}</span>').format(names.of(value, int(found["target"])))
    return PLAIN_KINDS[kind](value, names)


PLAIN_KINDS: Final[dict[str, Callable[[str, Names], Markup]]] = {
    "escaped": lambda value, _: escape(value),
    "code": lambda value, _: Markup("<code>{}</code>").format(value),
    "emoji": lambda value, _: Markup('<span class="emoji">:{}:</span>').format(value),
    "quiet": lambda value, names: link(value, value, names),
    "bare": lambda value, names: link(value, value, names),
    "everyone": lambda value, _: Markup('<span class="mention">{}</span>').format(value),
    "spoiler": lambda value, names: Markup('<span class="spoiler" tabindex="0">{}</span>').format(
        render_inline(value, names)
    ),
}


def render_inline(text: str, names: Names) -> Markup:
    """Render a line's markup."""
    parts, end = [], 0
    for match in INLINE.finditer(text):
        parts += [escape(text[end : match.start()]), render_match(match, names)]
        end = match.end()
    return Markup("").join([*parts, escape(text[end:])])


def render_line(line: str, names: Names) -> Markup:
    """Render a line: a heading, small print, a quotation, an item of a list, or text."""
    for mark, opening in (("-# ", "small"), ("### ", "h6"), ("## ", "h5"), ("# ", "h4"), ("> ", "blockquote")):
        if line.startswith(mark):
            content = render_inline(line.removeprefix(mark), names)
            return Markup(f"<{opening}>") + content + Markup(f"</{opening}>")  # nosec B704 # noqa: S704
    if line.startswith(("- ", "* ")):
        return Markup("• ") + render_inline(line[2:], names) + Markup("<br>")
    return render_inline(line, names) + Markup("<br>")


def render(text: str, names: Names) -> Markup:
    """Render a message's or embed's text."""
    parts, end = [], 0
    for fence in FENCE.finditer(text):
        parts += [render_lines(text[end : fence.start()], names), Markup("<pre>{}</pre>").format(fence[1])]
        end = fence.end()
    return Markup("").join([*parts, render_lines(text[end:], names)])


def render_lines(text: str, names: Names) -> Markup:
    """Render lines, without a break behind the last."""
    rendered = Markup("").join(render_line(line, names) for line in text.split("\n")) if text else Markup("")
    return rendered.removesuffix("<br>")


def bare_links(text: str) -> list[str]:
    """Return the links for which Discord makes an embed of its own, each once, at most five."""
    return list(dict.fromkeys(BARE.findall(text)))[:5]
