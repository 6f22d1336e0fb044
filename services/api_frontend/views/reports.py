"""A visitor reports a moment. It enters the operator's list and removes nothing."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Request, Response

from api_frontend.views.moment import plausible
from api_frontend.views.site import CurrentSite

Reason = Literal["words", "person", "wrong", "other"]
REASONS: dict[Reason, str] = {
    "words": "The words are hurtful",
    "person": "It exposes somebody",
    "wrong": "Nothing happened there",
    "other": "Something else",
}

router = APIRouter(include_in_schema=False)


@router.get("/moments/{moment_id}/report")
async def ask(site: CurrentSite, moment_id: str) -> Response:
    """Ask what is wrong."""
    found = await site.moments.one(moment_id) if plausible(moment_id) else None
    if found is None or found.document.shadow:
        raise HTTPException(404, "This moment does not exist, or it has been removed.")
    return site.renderer.page("report.html", {"moment_id": moment_id, "reasons": REASONS, "is_sent": False})


@router.post("/moments/{moment_id}/report")
async def report(
    request: Request, site: CurrentSite, moment_id: str, reason: Annotated[Reason, Form()] = "other"
) -> Response:
    """Count the report."""
    if not await site.reports.allow(site.clients.of(request.scope)):
        raise HTTPException(
            429,
            "You have reported many moments. Try again in an hour.",
            {"Retry-After": str(site.reports.window_seconds)},
        )
    if not plausible(moment_id) or not await site.moments.report(moment_id, reason):
        raise HTTPException(404, "This moment does not exist, or it has been removed.")
    return site.renderer.page("report.html", {"moment_id": moment_id, "reasons": REASONS, "is_sent": True})
