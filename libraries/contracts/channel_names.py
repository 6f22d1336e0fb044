"""How a person names a channel: by login, by id, or by the address of its page."""

import re
from dataclasses import dataclass

LOGIN = re.compile(r"[a-z0-9_]{1,25}")  # Twitch's rule for logins
ADDRESS = re.compile(r"(?:https?://)?(?:www\.|m\.|go\.)?twitch\.tv/([^/?#]*)", re.IGNORECASE)
HOW_TO_NAME = "write the last part of twitch.tv/LOGIN, or id:123456789"


@dataclass(frozen=True, slots=True)
class ChannelName:
    """A login in lower case, or an id; the other one is empty."""

    login: str = ""
    channel_id: str = ""

    def __str__(self) -> str:
        return self.login or f"id:{self.channel_id}"


def parse_channel(text: str) -> ChannelName:
    """Read `login`, `#login`, `@login`, `id:123` or a channel's address. Raises ValueError with what to write."""
    name = text.strip()
    if name[:3].lower() == "id:":
        channel_id = name[3:].strip()
        if not channel_id.isascii() or not channel_id.isdecimal():
            raise ValueError(f"{text!r} is no channel id: {HOW_TO_NAME}")
        return ChannelName(channel_id=channel_id)
    login = login_in(name).lower()
    if not LOGIN.fullmatch(login):
        raise ValueError(f"{text!r} is not a channel: {HOW_TO_NAME}")
    return ChannelName(login=login)


def login_in(name: str) -> str:
    """Return the login in a page's address or after # or @; the name itself where it is neither."""
    if address := ADDRESS.match(name):
        return address[1]
    return name[1:] if name[:1] in ("#", "@") else name


def parse_channels(text: str) -> tuple[ChannelName, ...]:
    """Read a comma-separated list, each channel once. Raises ValueError that names every wrong one."""
    names: dict[ChannelName, None] = {}
    wrong = []
    for part in text.split(","):
        if not part.strip():
            continue
        try:
            names[parse_channel(part)] = None
        except ValueError:
            wrong.append(part.strip())
    if wrong:
        raise ValueError(f"not a channel: {', '.join(wrong)}; {HOW_TO_NAME}")
    return tuple(names)
