"""The page of the Discord bot for everybody: what it does, what its messages look like, and how to add it."""

from fastapi import APIRouter, Response

from api_frontend.reader import CURRENT
from api_frontend.rendering import READER_PAGE
from api_frontend.text.discord_message import examples
from api_frontend.views.site import CurrentSite
from discord_notices.messages.examples import EXAMPLES
from service_runtime.postgres import PostgresAwayError

router = APIRouter(include_in_schema=False)


@router.api_route("/discord", methods=["GET", "HEAD"])
async def discord(site: CurrentSite) -> Response:
    """Explain the bot; the same for everybody, signed in or not, and without a database."""
    try:
        freshness = (await site.progress.read())[0]
    except PostgresAwayError:
        freshness = None
    values = {
        "messages": examples(EXAMPLES, language=CURRENT.get().language),
        "invite": site.discord.invite(),
        "can_sign_in": site.discord.accounts is not None,
        "freshness": freshness,
    }
    return site.renderer.page("discord.html", values, headers=READER_PAGE)
