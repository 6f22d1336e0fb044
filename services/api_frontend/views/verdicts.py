"""A visitor says of a moment "Good one" or "Not really", or saves it: by a form, or by the page's script."""

from typing import Annotated

from fastapi import APIRouter, Cookie, Form, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from api_frontend.data.visitors import KEPT_SECONDS
from api_frontend.data.voices import Says, Voice
from api_frontend.page_address import CURRENT
from api_frontend.rendering import NEVER_KEPT
from api_frontend.text.voices import voices_text
from api_frontend.views.moment import plausible
from api_frontend.views.site import CurrentSite
from api_frontend.views.voice_giving import give, may_press, not_found

COOKIE = "voice"
JSON = "application/json"

router = APIRouter(include_in_schema=False)
Token = Annotated[str | None, Cookie(alias=COOKIE)]


def remember(response: Response, token: str) -> None:
    """Have the browser keep who the visitor is; only this site's server reads it."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=KEPT_SECONDS,
        httponly=True,
        samesite="lax",
        secure=CURRENT.get().root.startswith("https:"),
    )


@router.get("/moments/{moment_id}/verdict")
async def own(site: CurrentSite, moment_id: str, voice: Token = None) -> Response:
    """Show the visitor's own verdict; the page of a moment is the same for all."""
    moment = await site.moments.one(moment_id) if plausible(moment_id) else None
    if moment is None or moment.document.shadow:
        raise not_found()
    visitor = await site.visitors.visitor(voice)
    said = await site.voices.own(moment_id, visitor) if visitor else Voice()
    counts = await site.voices.of(moment_id)
    freshness = (await site.progress.read())[0]
    values = {"moment": moment, "own": said, "counts": voices_text(counts), "freshness": freshness}
    return site.renderer.page("verdict.html", values, headers=NEVER_KEPT)


@router.post("/moments/{moment_id}/verdict")
async def say(
    request: Request,
    site: CurrentSite,
    moment_id: str,
    verdict: Annotated[Says | None, Form()] = None,
    saved: Annotated[bool | None, Form()] = None,
    voice: Token = None,
) -> Response:
    """Change the visitor's verdict or heart. A form is led to the page that shows it, a script is told."""
    await may_press(request, site)
    token = await site.visitors.renewed(voice)
    given = await give(request, site, moment_id, token, verdict, saved)
    if JSON in request.headers.get("accept", ""):
        told = {"verdict": given.verdict, "saved": given.is_saved}
        counts = voices_text(await site.voices.of(moment_id))
        answer: Response = JSONResponse(told | {"counts": counts}, headers=NEVER_KEPT)
    else:
        answer = RedirectResponse(request.url.path, 303)
    remember(answer, token)
    return answer
