"""A server's own words for a live notice, with fields in braces: `{name} plays {game}! {url}`."""

import re
from collections.abc import Mapping

from discord_notices.messages.message import MOST_CONTENT
from discord_notices.messages.safe_text import cut
from discord_notices.wording import _, marked

FIELDS = {  # what /help and the settings list
    "name": marked("the streamer's name"),
    "login": marked("the streamer's login, as in the address"),
    "title": marked("the stream's title"),
    "game": marked("the game or category"),
    "viewers": marked("how many people watch"),
    "url": marked("the stream's address"),
    "role": marked("the role that is mentioned"),
    "since": marked("since when the stream runs"),
}
FIELD = re.compile(r"\{(\w*)\}")


def unknown_fields(template: str) -> list[str]:
    """Return the fields of a template that do not exist, in order."""
    return [name for name in FIELD.findall(template) if name not in FIELDS]


def filled(template: str, values: Mapping[str, str]) -> str:
    """Fill a template, at most as long as Discord takes. An unknown field stays as it is written."""
    return cut(FIELD.sub(lambda found: values.get(found[1], found[0]), template), MOST_CONTENT)


def field_list() -> str:
    """List the fields with their meanings, a line each."""
    return "\n".join(f"`{{{name}}}` – {_(meaning)}" for name, meaning in FIELDS.items())
