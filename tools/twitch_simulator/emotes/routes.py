"""The providers' addresses: /emotes/7tv/v3, /emotes/bttv/3/cached and /emotes/ffz/v1, and their pictures."""

from fastapi import APIRouter, Request, Response

from twitch_simulator.emotes.catalogues import GLOBAL
from twitch_simulator.emotes.pictures import draw_emote
from twitch_simulator.emotes.providers import EmoteProviders


def client_of(request: Request) -> str:
    """Return who asks: providers limit by address."""
    return request.client.host if request.client else ""


def catalogue_routes(providers: EmoteProviders) -> APIRouter:
    """Build the routes of the catalogues."""
    router = APIRouter(prefix="/emotes")

    @router.get("/7tv/v3/users/twitch/{channel_id}")
    async def seventv_user(request: Request, channel_id: str) -> Response:
        return await providers.answer("7tv", channel_id, client_of(request), lambda: providers.seventv_user(channel_id))

    @router.get("/7tv/v3/emote-sets/{set_id}")
    async def seventv_set(request: Request, set_id: str) -> Response:
        scope = providers.owner_of_set(set_id)
        return await providers.answer("7tv", scope, client_of(request), lambda: providers.seventv_set(set_id))

    @router.get("/bttv/3/cached/emotes/global")
    async def betterttv_global(request: Request) -> Response:
        return await providers.answer("bttv", GLOBAL, client_of(request), lambda: providers.betterttv(GLOBAL))

    @router.get("/bttv/3/cached/users/twitch/{channel_id}")
    async def betterttv_channel(request: Request, channel_id: str) -> Response:
        return await providers.answer("bttv", channel_id, client_of(request), lambda: providers.betterttv(channel_id))

    @router.get("/ffz/v1/set/global")
    async def frankerfacez_global(request: Request) -> Response:
        return await providers.answer("ffz", GLOBAL, client_of(request), lambda: providers.frankerfacez(GLOBAL))

    @router.get("/ffz/v1/room/id/{channel_id}")
    async def frankerfacez_room(request: Request, channel_id: str) -> Response:
        return await providers.answer("ffz", channel_id, client_of(request), lambda: providers.frankerfacez(channel_id))

    return router


def emote_picture_routes() -> APIRouter:
    """Build the routes of the pictures: /emotes/PROVIDER/emote/ID/2x.webp and the like, all of them SVG.

    Twitch's own are there too, as /emotes/twitch/emote/ID/static/dark/2.0.
    """
    router = APIRouter(prefix="/emotes")

    @router.get("/{provider}/emote/{emote_id}/{size:path}")
    async def picture(provider: str, emote_id: str, size: str) -> Response:
        headers = {"Cache-Control": "max-age=3600", "X-Content-Type-Options": "nosniff"}
        return Response(draw_emote(f"{provider}:{emote_id}", "static" not in size), 200, headers, "image/svg+xml")

    return router
