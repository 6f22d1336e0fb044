"""The API's verdicts: what visitors say of a moment, and a program that says it for one of them."""

from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api_frontend.data.visitors import LONGEST_TOKEN
from api_frontend.data.voices import Says, Verdict
from api_frontend.middleware.errors import ERROR_ANSWERS, NOT_FOUND_ANSWER, ErrorAnswer
from api_frontend.rendering import NEVER_KEPT
from api_frontend.translation import _
from api_frontend.views.api_moments import MomentId, shared
from api_frontend.views.known_parameters import only_known
from api_frontend.views.moment import visible
from api_frontend.views.site import CurrentSite, Site
from api_frontend.views.voice_giving import REMOVED, give, may_press

REFUSED: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorAnswer, "description": "the body is not UTF-8"},
    403: {"model": ErrorAnswer, "description": "sent from a page of another site, or under a foreign name"},
    409: {"model": ErrorAnswer, "description": "as many moments are saved as there is room for"},
}

router = APIRouter(
    prefix="/api/v1", tags=["verdicts"], responses=ERROR_ANSWERS | NOT_FOUND_ANSWER, dependencies=[Depends(only_known)]
)


class CountsModel(BaseModel):
    """How many visitors say what of a moment."""

    good: int = Field(description="who say “good one”", examples=[12])
    not_really: int = Field(description="who say “not really”", examples=[1])
    saved: int = Field(description="who saved it", examples=[5])


class VoiceModel(BaseModel):
    """What one visitor says of a moment. Leave a field out to keep what was said before."""

    model_config = ConfigDict(extra="forbid", strict=True)
    verdict: Says | None = Field(default=None, description="`none` takes it back", examples=["good"])
    saved: bool | None = Field(default=None, description="whether it is among what the visitor saved", examples=[True])
    voice: str | None = Field(
        default=None,
        max_length=LONGEST_TOKEN,
        description="`voice` of an earlier answer: the same visitor; without it, or with one that is none, a new one",
        examples=["IkZ1bGwgb2YgcmFuZG9tIg.aSqX2w.c2lnbmF0dXJl"],
    )


class GivenModel(BaseModel):
    """What the visitor says now, and how many say what."""

    verdict: Verdict | None = Field(examples=["good"])
    saved: bool = Field(examples=[True])
    counted: bool = Field(
        description="whether it moves the moment's place among the best: a network has 20 voices a day", examples=[True]
    )
    voice: str = Field(
        description="send it with the next one, and keep it secret: it stands for the visitor for 365 days",
        examples=["IkZ1bGwgb2YgcmFuZG9tIg.aSqX2w.c2lnbmF0dXJl"],
    )
    all: CountsModel


async def counts_of(site: Site, moment_id: str) -> CountsModel:
    """Read how many say what."""
    return CountsModel(**vars(await site.voices.of(moment_id)))


@router.get("/moments/{moment_id}/verdicts", dependencies=[Depends(shared)])
async def verdicts(site: CurrentSite, moment_id: MomentId) -> CountsModel:
    """Return how many visitors say what of a moment."""
    if await visible(site, moment_id, shadow=False) is None:
        raise HTTPException(404, _(REMOVED))
    return await counts_of(site, moment_id)


@router.post("/moments/{moment_id}/verdicts", responses=REFUSED)
async def say(
    request: Request, response: Response, site: CurrentSite, moment_id: MomentId, said: VoiceModel
) -> GivenModel:
    """Say for a visitor what the moment is, and save it. One voice each; the last one counts."""
    await may_press(request, site)
    token = await site.visitors.renewed(said.voice)
    given = await give(request, site, moment_id, token, said.verdict, said.saved)
    response.headers.update(NEVER_KEPT)
    return GivenModel(
        verdict=given.verdict,
        saved=given.is_saved,
        counted=given.counts,
        voice=token,
        all=await counts_of(site, moment_id),
    )
