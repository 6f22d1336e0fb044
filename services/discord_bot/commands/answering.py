"""How a slash command is answered: in time, and only the caller sees it."""

import discord
import structlog

from contracts import metrics
from discord_bot.commands.calling import Interaction, Work, client_of, replied
from discord_bot.commands.desk import Reply
from discord_bot.commands.pages import view_of
from discord_bot.sending.discord_side import embed_of
from service_runtime.measures import measure

log = structlog.get_logger()


async def answer(interaction: Interaction, work: Work) -> None:
    """Do what a command asks for and answer; only the caller sees it."""
    name = interaction.command.qualified_name if interaction.command else "?"
    if not client_of(interaction).holds():
        return  # the instance that has the lease answers
    try:
        await interaction.response.defer(ephemeral=True)
        outcome, reply = await replied(interaction, work)
        await send(interaction, reply)
    except discord.NotFound:
        outcome = "late"  # Discord waits for three seconds, and for a quarter of an hour after that
    except discord.HTTPException as error:
        log.warning("a command could not be answered", command=name, reason=str(error))
        outcome = "unanswered"
    measure(metrics.DISCORD_COMMANDS).labels(command=name, outcome=outcome).inc()


async def send(interaction: Interaction, reply: Reply) -> None:
    """Send the answer; it mentions nobody."""
    await interaction.followup.send(
        reply.text,
        embed=embed_of(reply.card) if reply.card else discord.utils.MISSING,
        view=view_of(reply) or discord.utils.MISSING,
        ephemeral=True,
        allowed_mentions=discord.AllowedMentions.none(),
    )
