"""What search engines ask for: where pages are, and which paths are none."""

from fastapi import APIRouter, Request, Response

from api_frontend.data.sitemap import Place
from api_frontend.page_address import CURRENT
from api_frontend.views.conditional import SHORTLY, answer
from api_frontend.views.site import CurrentSite

PATHS = ("/", "/best", "/channels", "/emotes", "/discord", "/about", "/status", "/uptime", "/docs")
STATIC_PAGES = [Place(path) for path in PATHS]
CLOSED = ("/api/", "/events")  # for programs, and a line that never ends

router = APIRouter(include_in_schema=False)


@router.api_route("/sitemap.xml", methods=["GET", "HEAD"])
async def sitemap(request: Request, site: CurrentSite) -> Response:
    """List the pages (sitemaps.org, protocol 0.9) by the address that speaks the reader's language, with the others.

    The others have no entry of their own: their heads name all of them too, and three times as many are too many.
    """
    values = {"places": STATIC_PAGES + await site.sitemap.places(), "address": CURRENT.get()}
    return answer(request, site.renderer.text("sitemap.xml", values), "application/xml", SHORTLY)


@router.api_route("/robots.txt", methods=["GET", "HEAD"])
async def robots(request: Request) -> Response:
    """Say what a robot may visit (RFC 9309)."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), "Allow: /", ""]
    lines += [f"Sitemap: {CURRENT.get().absolute('/sitemap.xml')}", ""]
    return answer(request, "\n".join(lines), "text/plain", SHORTLY)
