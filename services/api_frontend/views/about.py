"""What this site is, how good it is, and what it keeps of people."""

from functools import cache

from fastapi import APIRouter, Response

from api_frontend.data.detection_figures import FILE, Recording, load
from api_frontend.rendering import READER_PAGE
from api_frontend.translation import _, marked, ngettext, number
from api_frontend.views.site import CurrentSite, Site
from contracts import kept
from contracts.moments import WORD_MIN_CHATTERS
from self_score.sweep import Score
from service_runtime.postgres import PostgresAwayError

RECORDINGS = {  # by their titles in tools/evaluation
    "kappa (one loud channel, hand-labelled)": marked("kappa (one loud channel, marked by hand)"),
    "sphynx (viewers' clips: recall only)": marked("sphynx (viewers’ clips: says what was found)"),
    "bocru (ordinary chat, no truth)": marked("bocru (ordinary chat, nothing marked)"),
}

JUDGED_DAYS = 30
LEAST_PLACES = 20  # below, a share is chance

router = APIRouter(include_in_schema=False)


@cache
def recordings() -> list[Recording]:
    """Return what `make evaluate` measured; the file is a part of this release."""
    return load(FILE.read_bytes())


def recording_name(title: str) -> str:
    """Name a recording; one that is not known here by its title."""
    return _(RECORDINGS[title]) if title in RECORDINGS else title


def in_ten(share: float) -> str:
    """Say a share as people do: "9 of 10"."""
    return _("%(count)s of 10", count=round(10 * share))


def hours_text(hours: float) -> str:
    """Say a length as people do: "9 hours"."""
    return ngettext("%(num)s hour", "%(num)s hours", 1 if 0.95 <= hours < 1.5 else round(hours))


def per_hour(moments: float) -> str:
    """Say a rate as people do: "11 moments an hour", "1 moment an hour"."""
    if moments >= 0.95:
        return ngettext("%(num)s moment an hour", "%(num)s moments an hour", round(moments))
    return _("%(rate)s moments an hour", rate=number(moments, 1))


async def judged(site: Site) -> Score | None:
    """Return how good viewers' clips say the site is; None where they are too few, or Postgres is away."""
    try:
        score = await site.self_scores.ours(JUDGED_DAYS)
    except PostgresAwayError:
        return None
    return score if score.places >= LEAST_PLACES else None


@router.api_route("/about", methods=["GET", "HEAD"])
async def about(site: CurrentSite) -> Response:
    """Explain the site; it needs no database for that."""
    try:
        freshness = (await site.progress.read())[0]
    except PostgresAwayError:
        freshness = None
    values = {
        "recordings": recordings(),
        "kept": kept,
        "recording_name": recording_name,
        "in_ten": in_ten,
        "per_hour": per_hour,
        "hours_text": hours_text,
        "freshness": freshness,
        "has_people": site.people is not None,
    }
    values["word_people"] = WORD_MIN_CHATTERS
    values["judged"] = await judged(site)
    values["judged_days"] = JUDGED_DAYS
    return site.renderer.page("about.html", values, headers=READER_PAGE)
