"""The site's sign where browsers and phones look for it, and the manifest of the site on a home screen."""

from collections.abc import Callable
from functools import partial

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from api_frontend.pictures import sign
from api_frontend.reader import CURRENT
from api_frontend.translation import _, marked
from api_frontend.views.conditional import answer
from api_frontend.views.site import CurrentSite

FOR_A_DAY = "public, max-age=86400"  # signs, which are no pages
APPLE_SIZE = 180
SIZES = (192, 512)
PICTURES: dict[str, tuple[Callable[[], bytes], str]] = {
    "favicon.ico": (sign.favicon, "image/x-icon"),
    "apple-touch-icon.png": (partial(sign.icon_png, APPLE_SIZE), "image/png"),
    **{f"icon-{size}.png": (partial(sign.icon_png, size), "image/png") for size in SIZES},
}
DESCRIPTION = marked("The moments when a Twitch chat erupts.")
MANIFEST = {
    "name": "Stream Scout",
    "short_name": "Scout",
    "id": "/",
    "start_url": "/",
    "scope": "/",
    "display": "standalone",
    "background_color": sign.GROUND,
    "theme_color": sign.GROUND,
    "icons": [
        {"src": f"/icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in SIZES
        for purpose in ("any", "maskable")
    ],
}

router = APIRouter(include_in_schema=False)


async def picture(request: Request, site: CurrentSite) -> Response:
    """Show the sign in the size that the address names."""
    draw, media_type = PICTURES[request.url.path.removeprefix("/")]
    drawn = await site.shelf.picture(request.url.path, draw)
    return answer(request, drawn, media_type, FOR_A_DAY)


for name in PICTURES:
    router.add_api_route(f"/{name}", picture, methods=["GET", "HEAD"])


@router.api_route("/site.webmanifest", methods=["GET", "HEAD"])
async def manifest() -> Response:
    """Describe the site to a phone that puts it on its home screen."""
    described = MANIFEST | {"description": _(DESCRIPTION), "lang": CURRENT.get().language}
    return JSONResponse(described, media_type="application/manifest+json", headers={"Cache-Control": FOR_A_DAY})
