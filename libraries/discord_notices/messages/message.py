"""A message as it goes to Discord, within Discord's limits; the adapter in `sending` turns it into requests."""

from datetime import datetime

from msgspec import Struct

MOST_CONTENT = 2000  # characters, as the others: Discord's
MOST_TITLE = 256
MOST_DESCRIPTION = 4096
MOST_VALUE = 1024
PURPLE = 0x9146FF  # Twitch's colour: live
GREY = 0x6B6B76  # over


class Field(Struct, frozen=True):
    """A name with a value, beside others."""

    name: str
    value: str


class Card(Struct, frozen=True, kw_only=True):
    """The framed part of a message; what is empty is left out. `url`: where its title leads; it carries the marker."""

    url: str
    title: str = ""
    description: str = ""
    author: str = ""
    author_icon: str = ""
    image_url: str = ""
    footer: str = ""
    at: datetime | None = None
    color: int = PURPLE
    fields: tuple[Field, ...] = ()


class Message(Struct, frozen=True, kw_only=True):
    """`role_id` may be mentioned, and nobody else, whatever the text holds."""

    content: str
    card: Card
    role_id: int | None = None
