"""A visitor reports a moment. It enters the operator's list and removes nothing."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Request, Response

from api_frontend.translation import _, marked
from api_frontend.views.moment import plausible
from api_frontend.views.site import CurrentSite, Site

Reason = Literal["words", "person", "wrong", "other"]
REASONS: dict[Reason, str] = {
    "words": marked("The words are hurtful"),
    "person": marked("It exposes somebody"),
    "wrong": marked("Nothing happened there"),
    "other": marked("Something else"),
}

router = APIRouter(include_in_schema=False)


async def show(site: Site, moment_id: str, *, is_sent: bool) -> Response:
    """Show the page: the question, or that the answer was counted."""
    freshness = (await site.progress.read())[0]
    values = {"moment_id": moment_id, "reasons": REASONS, "is_sent": is_sent, "freshness": freshness}
    return site.renderer.page("report.html", values)


@router.get("/moments/{moment_id}/report")
async def ask(site: CurrentSite, moment_id: str) -> Response:
    """Ask what is wrong."""
    found = await site.moments.one(moment_id) if plausible(moment_id) else None
    if found is None or found.document.shadow:
        raise HTTPException(404, _("This moment does not exist, or it has been removed."))
    return await show(site, moment_id, is_sent=False)


@router.post("/moments/{moment_id}/report")
async def report(
    request: Request, site: CurrentSite, moment_id: str, reason: Annotated[Reason, Form()] = "other"
) -> Response:
    """Count the report."""
    if (wait := await site.reports.wait_of(site.clients.of(request.scope))) is not None:
        raise HTTPException(
            429,
            _("You have reported many moments. Try again in an hour."),
            {"Retry-After": str(wait)},
        )
    if not plausible(moment_id) or not await site.moments.report(moment_id, reason):
        raise HTTPException(404, _("This moment does not exist, or it has been removed."))
    return await show(site, moment_id, is_sent=True)
