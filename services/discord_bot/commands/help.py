"""/help: what there is to type."""

from discord_bot.commands.desk import Reply
from discord_notices.messages.mentions import settings_page
from discord_notices.messages.template import field_list
from discord_notices.wording import _, marked

COMMANDS = {  # also their descriptions in Discord's own list
    "addstreamer": marked("Follow Twitch streamers: post here when they go live"),
    "removestreamer": marked("Follow a streamer no longer"),
    "streamers": marked("List whom this server follows"),
    "setchannel": marked("Choose where and how notices are posted, and try again what is paused"),
    "live": marked("List who is live now"),
    "clips": marked("Post the moments when a chat erupts, with their clips"),
    "preview": marked("Post an example of a message"),
    "settings": marked("Show all settings of this server"),
    "language": marked("Choose the bot's language in this server"),
    "stats": marked("Show a streamer's last streams"),
    "help": marked("Explain the commands"),
}


def help_text(site_url: str = "") -> Reply:
    """Explain the commands and a message's fields."""
    lines = [f"**/{name}** – {_(words)}" for name, words in COMMANDS.items()]
    lines += [
        "",
        _("Only who may manage the server can use them, and only they see the answers."),
        _("A message of your own (option `message`) may have these fields:"),
        field_list(),
    ]
    if site_url:
        lines.append(_("The same on the web: %(address)s", address=settings_page(site_url)))
    return Reply("\n".join(lines))
