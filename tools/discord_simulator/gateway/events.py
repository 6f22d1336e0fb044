"""Which sessions hear of an event: intents, and the content that only some may read."""

from collections.abc import Mapping
from typing import Any, Final

GUILDS, GUILD_MEMBERS, GUILD_PRESENCES, GUILD_MESSAGES, MESSAGE_CONTENT = 1 << 0, 1 << 1, 1 << 8, 1 << 9, 1 << 15
PRIVILEGED: Final = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT
KNOWN_INTENTS: Final = (1 << 26) - 1
INTENTS: Final = {  # by the beginning of an event's name
    "GUILD_MEMBER": GUILD_MEMBERS,
    "GUILD": GUILDS,
    "CHANNEL": GUILDS,
    "MESSAGE": GUILD_MESSAGES,
}
WRITTEN: Final[dict[str, Any]] = {"content": "", "embeds": [], "attachments": [], "components": []}


def intent_of(event: str) -> int:
    """Return the intent that an event needs, 0 for one that everybody hears of."""
    return next((intent for beginning, intent in INTENTS.items() if event.startswith(beginning)), 0)


def hears(intents: int, event: str, data: Mapping[str, Any], bot_id: int) -> bool:
    """Return whether a session with these intents hears of an event; of its own membership it always does."""
    needed = intent_of(event)
    about_itself = event == "GUILD_MEMBER_UPDATE" and data["user"]["id"] == str(bot_id)
    return about_itself or not needed or bool(intents & needed)


def readable(intents: int, event: str, data: dict[str, Any], bot_id: int) -> dict[str, Any]:
    """Return what a session may read: a text of others only where it names the bot or content is granted."""
    if event not in ("MESSAGE_CREATE", "MESSAGE_UPDATE") or intents & MESSAGE_CONTENT:
        return data
    is_own = data["author"]["id"] == str(bot_id)
    names_bot = any(each["id"] == str(bot_id) for each in data["mentions"])
    return data if is_own or names_bot else data | WRITTEN
