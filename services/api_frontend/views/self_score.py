"""How good viewers' clips say the detector is: a page for operators, which no page links to, and the same as JSON."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Response
from pydantic import BaseModel, BeforeValidator, Field

from api_frontend.data.lists.parameters import CHANNEL_PATTERN, none_if_empty
from api_frontend.data.viewers.self_scores import HOUR_SECONDS, Line, SelfScore, Trial
from api_frontend.middleware.errors import ERROR_ANSWERS, NOT_FOUND_ANSWER
from api_frontend.rendering import READER_PAGE
from api_frontend.text.problems import no_channel
from api_frontend.views.api_moments import SHARED_READING
from api_frontend.views.site import CurrentSite, Site
from self_score.places import SEVERAL
from self_score.sweep import Score, Step

PERIODS = (7, 30, 90)  # days that the page leads to
Days = Annotated[int, Query(ge=1, le=90, description="the last so many days, by UTC; today is one of them")]
Login = Annotated[
    Annotated[str, Query(pattern=CHANNEL_PATTERN)] | None,
    BeforeValidator(none_if_empty),
    Query(description="of one channel alone"),
]

pages = APIRouter(include_in_schema=False)
router = APIRouter()


class StepModel(BaseModel):
    """What the moments of at least this score found. With a higher threshold these alone would have been raised."""

    threshold: float | None = Field(description="lowest score; null: all moments that were raised")
    moments: int
    moments_per_hour: float | None = Field(description="of chat that was read; null where none was")
    clipped: int = Field(description="of these moments, those that a viewer clipped")
    found: int = Field(description="of the places that several viewers clipped")
    by_chance: float = Field(description="how many places as many moments would have found, had they lain anywhere")


class ScoreModel(BaseModel):
    """The score of a detector."""

    places: int = Field(description=f"that {SEVERAL} or more viewers clipped, in chat that was read")
    unread: int = Field(description="the same in chat that nobody read; they count neither way")
    read_seconds: int
    steps: list[StepModel] = Field(description="by rising threshold; one that changes nothing is left out")


class TrialModel(BaseModel):
    """An experimental detector, and ours on the days and channels in which it ran."""

    name: str
    score: ScoreModel
    ours: ScoreModel


class ScoreLineModel(BaseModel):
    """Of a channel or a day: all moments that visitors see."""

    places: int
    unread: int
    found: int
    moments: int
    clipped: int


class ChannelScoreModel(ScoreLineModel):
    """Of a channel."""

    channel: str = Field(description="its login; its id until that is known")


class DayScoreModel(ScoreLineModel):
    """Of a day, by UTC."""

    date: date


class SelfScoreModel(BaseModel):
    """How many of the places that viewers clipped were found, and how many moments viewers clipped."""

    days: int
    ours: ScoreModel
    experimental: list[TrialModel]
    channels: list[ChannelScoreModel] = Field(description="those with the most places first, at most 50")
    by_day: list[DayScoreModel] = Field(description="newest first, without days that have no score")


def told_steps(score: Score) -> list[tuple[float | None, Step]]:
    """Return the steps that tell something: all moments first, then each threshold that leaves some out."""
    told: list[tuple[float | None, Step]] = [(None, score.whole)]
    for step in score.steps[1:]:
        if step.moments != told[-1][1].moments:
            told.append((step.threshold, step))
    return told


def per_hour(step: Step, score: Score) -> float | None:
    """Return how many moments there were in an hour of chat that was read."""
    return step.moments * HOUR_SECONDS / score.seconds if score.seconds else None


def score_model(score: Score) -> ScoreModel:
    """Convert a score."""
    return ScoreModel(
        places=score.places,
        unread=score.unread,
        read_seconds=score.seconds,
        steps=[
            StepModel(
                threshold=threshold,
                moments=step.moments,
                moments_per_hour=per_hour(step, score),
                clipped=step.clipped,
                found=step.found,
                by_chance=step.by_chance,
            )
            for threshold, step in told_steps(score)
        ],
    )


def trial_model(trial: Trial) -> TrialModel:
    """Convert an experimental detector's score."""
    return TrialModel(name=trial.name, score=score_model(trial.score), ours=score_model(trial.ours))


def line_fields(line: Line) -> dict[str, int]:
    """Return what a channel's line and a day's share."""
    return {name: getattr(line, name) for name in ScoreLineModel.model_fields}


def model(found: SelfScore) -> SelfScoreModel:
    """Convert everything."""
    return SelfScoreModel(
        days=found.days,
        ours=score_model(found.ours),
        experimental=[trial_model(each) for each in found.trials],
        channels=[ChannelScoreModel(channel=each.name, **line_fields(each)) for each in found.channels],
        by_day=[DayScoreModel(date=each.day, **line_fields(each)) for each in found.by_day if each.day],
    )


async def channel_of(site: Site, login: str | None) -> str | None:
    """Return the id of a channel; 404 for one that is not known or has opted out."""
    if login is None:
        return None
    known = await site.channels.named(login)
    if known is None:
        raise HTTPException(404, no_channel(login))
    return known.channel.channel_id


@pages.api_route("/self-score", methods=["GET", "HEAD"])
async def self_score(site: CurrentSite, days: Days = 30, channel: Login = None) -> Response:
    """Show what other thresholds, and experimental detectors, would have found."""
    freshness = (await site.progress.read())[0]
    found = await site.self_scores.whole(days, await channel_of(site, channel))
    values = {
        "found": found,
        "told_steps": told_steps,
        "per_hour": per_hour,
        "periods": PERIODS,
        "only": channel,
        "freshness": freshness,
    }
    return site.renderer.page("self_score.html", values, headers=READER_PAGE)


@router.get(
    "/api/v1/self-score",
    tags=["status"],
    responses=ERROR_ANSWERS | NOT_FOUND_ANSWER,
    dependencies=SHARED_READING,
)
async def self_score_json(site: CurrentSite, days: Days = 30, channel: Login = None) -> SelfScoreModel:
    """Say how many of the places that viewers clipped on Twitch were found, and what other thresholds would have."""
    return model(await site.self_scores.whole(days, await channel_of(site, channel)))


router.include_router(pages)
