"""/preview: posts an example, which shows how a message looks and whether the bot may post it."""

from datetime import datetime

from discord_bot.commands.desk import Caller, Desk, Reply
from discord_bot.sending.errors import ChannelRefused, DiscordError
from discord_notices.messages.examples import Example, example_message
from discord_notices.messages.marker import nonce_of
from discord_notices.messages.mentions import text_channel
from discord_notices.messages.problems import paused_words
from discord_notices.settings.wrong_input import WrongInput
from discord_notices.wording import _


async def preview(desk: Desk, caller: Caller, example: Example, at: datetime) -> Reply:
    """Post an example where such messages go; nobody is mentioned."""
    guild = caller.guild
    text_channel_id = guild.moments_channel_id if example == "moment" else guild.text_channel_id
    text_channel_id = text_channel_id or caller.text_channel_id
    followed = await desk.follows.of(caller.guild_id)
    message = example_message(guild, followed[0] if followed else None, example, at)
    try:
        nonce = nonce_of(caller.guild_id, text_channel_id, "preview", at.isoformat())
        await desk.side.send(text_channel_id, message, nonce)
    except ChannelRefused as error:
        raise WrongInput(
            _(
                "Nothing can be posted into %(channel)s: %(reason)s.",
                channel=text_channel(text_channel_id),
                reason=paused_words(error.reason),
            )
        ) from error
    except DiscordError as error:
        raise WrongInput(_("Discord does not take the message now; try again in a minute.")) from error
    await desk.guilds.resume(caller.guild_id, text_channel_id)
    return Reply(_("An example is in %(channel)s.", channel=text_channel(text_channel_id)))
