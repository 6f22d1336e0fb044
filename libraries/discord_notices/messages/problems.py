"""Why nothing is posted, in words for the people of a server."""

from discord_notices.wording import _, marked

PAUSED = {  # by the codes of sending.errors
    "channel_gone": marked("the text channel was deleted"),
    "server_gone": marked("the bot is not in this server"),
    "no_access": marked("the bot may not see the text channel"),
    "no_permission": marked("the bot may not write there, or not with cards (Send Messages, Embed Links)"),
    "wrong_type": marked("nothing can be posted into a channel of this type"),
}
UNKNOWN = marked("Discord refused")


def paused_words(reason: str) -> str:
    """Say why a text channel is paused."""
    return _(PAUSED.get(reason, UNKNOWN))
