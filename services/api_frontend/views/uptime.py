"""Which parts were up in the last 90 days: a page in plain words, and the same as JSON."""

from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from annotated_types import Ge
from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from api_frontend.data.uptime.record import SHOWN, Outage, PartRecord, UptimeRecord
from api_frontend.data.uptime.timeline import Span, State, Sums
from api_frontend.middleware.errors import ERROR_ANSWERS
from api_frontend.reader import CURRENT
from api_frontend.rendering import READER_PAGE, SHARED
from api_frontend.text.uptime.bars import draw
from api_frontend.text.uptime.words import STATES, TITLES, cost, length_text, overall, share_text, shown_outages
from api_frontend.text.uptime.words import day_words as words_of_day
from api_frontend.text.uptime.words import days_summary as summary_of
from api_frontend.text.uptime.words import figures as figures_of
from api_frontend.views.language_parameter import language
from api_frontend.views.site import CurrentSite
from contracts import kept
from contracts.uptime import Part

MOST_SHOWN = 60  # outages on the page; JSON has all

pages = APIRouter(include_in_schema=False)
router = APIRouter()
Seconds = Annotated[float, Ge(0)]


class SumsModel(BaseModel):
    """Seconds of each state. Unknown is what nobody watched: it is neither up nor down."""

    up_seconds: Seconds
    down_seconds: Seconds
    unknown_seconds: Seconds


class UptimeDayModel(SumsModel):
    """A day, by UTC."""

    date: date
    has_planned_work: bool


class UptimePartModel(SumsModel):
    """One part of the site, since its record began."""

    name: Part
    state: State = Field(description="now")
    record_since: datetime | None = Field(description="null: nobody has watched this part")
    days: list[UptimeDayModel] = Field(description="without the days before the record began")


class SpanModel(BaseModel):
    """From when until when."""

    from_at: datetime
    until_at: datetime | None = Field(description="null: it goes on")


class UptimeOutageModel(SpanModel):
    """A time in which a part was down."""

    part: Part
    in_planned_work: bool = Field(description="it began while somebody worked on a machine")
    text: str = Field(description="what it cost")


class UptimeModel(BaseModel):
    """What was up in the last 90 days, as the site's own watcher noted it."""

    text: str = Field(description="what works now")
    from_at: datetime
    until_at: datetime
    parts: list[UptimePartModel]
    outages: list[UptimeOutageModel] = Field(description="the newest first")
    planned_work: list[SpanModel] = Field(description="updates; where no outage is named, all stayed up")


def when(milliseconds: int) -> datetime:
    """Convert milliseconds since 1970 UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def seconds_of(sums: Sums) -> dict[str, float]:
    """Convert sums."""
    return {f"{name}_seconds": getattr(sums, name) / 1000 for name in ("up", "down", "unknown")}


def part_model(part: PartRecord) -> UptimePartModel:
    """Convert a part."""
    days = [
        UptimeDayModel(date=day.date, has_planned_work=day.has_work, **seconds_of(day.sums))
        for day in part.days
        if day.is_recorded
    ]
    since = None if part.began is None else when(part.began)
    return UptimePartModel(name=part.part, state=part.state, record_since=since, days=days, **seconds_of(part.sums))


def outage_model(record: UptimeRecord, outage: Outage) -> UptimeOutageModel:
    """Convert an outage."""
    return UptimeOutageModel(
        part=outage.part,
        from_at=when(outage.span.from_at),
        until_at=None if outage.goes_on else when(outage.span.until_at),
        in_planned_work=outage.in_work,
        text=" ".join(cost(outage, record.parts[Part.CHAT].pieces)),
    )


def work_model(span: Span, record: UptimeRecord) -> SpanModel:
    """Convert a time of planned work."""
    goes_on = span.until_at >= record.whole.until_at
    return SpanModel(from_at=when(span.from_at), until_at=None if goes_on else when(span.until_at))


@pages.api_route("/uptime", methods=["GET", "HEAD"])
async def uptime(site: CurrentSite) -> Response:
    """Show what was up, by the days of the reader's calendar."""
    zone = CURRENT.get().zone
    record = await site.uptime.read(ZoneInfo(zone))
    shown = [record.parts[part] for part in SHOWN if record.parts[part].began is not None]
    values = {
        "text": overall(record),
        "parts": [(part, draw(part.days)) for part in shown],
        "titles": TITLES,
        "states": STATES,
        "outages": shown_outages(record, MOST_SHOWN),
        "work": record.work[::-1][:MOST_SHOWN],
        "began": None if record.began is None else when(record.began),
        "began_within": record.began is not None and record.began > record.whole.from_at,
        "days": kept.UPTIME_DAYS,
        "zone": zone,
        "when": when,
        "words_of_day": words_of_day,
        "summary_of": summary_of,
        "figures_of": figures_of,
        "length_text": length_text,
        "share_text": share_text,
        "freshness": (await site.progress.read())[0],
    }
    return site.renderer.page("uptime.html", values, headers=READER_PAGE)


@router.get(
    "/api/v1/uptime",
    tags=["status"],
    responses={code: ERROR_ANSWERS[code] for code in (422, 429, 503)},
    dependencies=[Depends(language)],
)
async def uptime_json(site: CurrentSite, response: Response) -> UptimeModel:
    """Say which parts of the site were up in the last 90 days."""
    response.headers["Cache-Control"] = SHARED
    record = await site.uptime.read(ZoneInfo("UTC"))
    return UptimeModel(
        text=overall(record),
        from_at=when(record.whole.from_at),
        until_at=when(record.whole.until_at),
        parts=[part_model(record.parts[part]) for part in SHOWN],
        outages=[outage_model(record, outage) for outage in record.outages],
        planned_work=[work_model(span, record) for span in reversed(record.work)],
    )


router.include_router(pages)
