"""How fresh each stage is: a page in plain words, and the same as JSON."""

from datetime import UTC, datetime
from typing import Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from api_frontend.data.freshness import UNREACHABLE
from api_frontend.data.status import DATABASE_AWAY, Stage, StageName, StageState
from api_frontend.middleware.errors import ERROR_ANSWERS
from api_frontend.text.stage_words import STATES, TITLES, overall, stage_words
from api_frontend.views.language_parameter import language
from api_frontend.views.site import CurrentSite

ASK_AGAIN = {"Cache-Control": "no-cache"}

pages = APIRouter(include_in_schema=False)
router = APIRouter()


class StageModel(BaseModel):
    """One stage of the way from chat to this site."""

    name: StageName
    state: StageState = Field(description="`silent`: no report for half a minute; `behind`: more than a minute behind")
    at: datetime | None = Field(description="done up to here; of clips, when the newest was made; null if not known")
    silent_since: datetime | None = Field(description="its last report, if it is silent")
    waiting: int = Field(description="clips that were asked for more than two minutes ago and have not come")
    text: str = Field(description="the same in a sentence")


class StatusModel(BaseModel):
    """How fresh each stage is."""

    state: Literal["fresh", "not_fresh"] = Field(description="`fresh` if every stage is; no clip at all is no fault")
    text: str
    stages: list[StageModel]


def now_of(stages: list[Stage]) -> datetime:
    """Return the database's clock, with which the stages were compared; ours if it does not answer."""
    return stages[-1].at or datetime.now(UTC)


def model(stages: list[Stage]) -> StatusModel:
    """Convert the stages."""
    now, said = now_of(stages), overall(stages)
    models = [StageModel(**vars(stage), text=stage_words(stage, now)) for stage in stages]
    is_fresh = all(stage.state == "fresh" or (stage.name, stage.state) == ("clips", "unknown") for stage in stages)
    return StatusModel(state="fresh" if is_fresh else "not_fresh", text=said, stages=models)


@pages.api_route("/status", methods=["GET", "HEAD"])
async def status(site: CurrentSite) -> Response:
    """Show how fresh each stage is."""
    stages = await site.stages.read()
    freshness = UNREACHABLE if stages is DATABASE_AWAY else (await site.progress.read())[0]
    values = {
        "status": model(stages),
        "titles": TITLES,
        "states": STATES,
        "freshness": freshness,
    }
    return site.renderer.page("status.html", values, headers=ASK_AGAIN)


@router.get(
    "/api/v1/status",
    tags=["status"],
    responses={422: ERROR_ANSWERS[422], 429: ERROR_ANSWERS[429]},
    dependencies=[Depends(language)],
)
async def status_json(site: CurrentSite, response: Response) -> StatusModel:
    """Say how fresh chat, moments, clips and the database are."""
    response.headers.update(ASK_AGAIN)
    return model(await site.stages.read())


router.include_router(pages)
