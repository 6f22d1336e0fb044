"""The link with which the bot is added to a server, as the bot's command and the website give it."""

from urllib.parse import urlencode

AUTHORIZE = "https://discord.com/oauth2/authorize"
PERMISSIONS = {
    "view channels": 1 << 10,
    "send messages": 1 << 11,
    "embed links": 1 << 14,
    "read message history": 1 << 16,  # to find out what became of a message after a crash
    "mention everyone": 1 << 17,  # to mention a role that not everybody may mention; @everyone never is
    "send messages in threads": 1 << 38,
}
SCOPES = "bot applications.commands"


def invite_link(client_id: str, page: str = AUTHORIZE, guild_id: int | None = None) -> str:
    """Return the link to add the bot, with the permissions that it needs. `guild_id`: into this server."""
    wanted = {"client_id": client_id, "scope": SCOPES, "permissions": str(sum(PERMISSIONS.values()))}
    if guild_id is not None:
        wanted |= {"guild_id": str(guild_id), "disable_guild_select": "true"}
    return f"{page}?{urlencode(wanted)}"
