"""The page of one moment: its clip, its curve, why it is one, and what leads on from it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query, Response

from api_frontend.data.around import Around
from api_frontend.data.function_words import is_function_word
from api_frontend.data.stored_moment import StoredMoment
from api_frontend.rendering import READER_PAGE
from api_frontend.text.times import iso
from api_frontend.text.voices import voices_text
from api_frontend.translation import _
from api_frontend.views.site import CurrentSite, Site
from contracts import kept

ID_LENGTH_LIMIT = 200  # characters
MOST_WRITTEN = 12  # rows of the table of evidence
AROUND = timedelta(minutes=5)  # of emotes, before and after
EvenExperimental = Annotated[bool, Query(description="for operators: also if an experimental detector found it")]

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Written:
    """A row of the table of evidence: what people wrote, and how many of them did."""

    name: str
    is_emote: bool
    chatters: int
    uses: int


def plausible(moment_id: str) -> bool:
    """Return whether Postgres accepts this id as text: it refuses a NUL."""
    return len(moment_id) <= ID_LENGTH_LIMIT and moment_id.isprintable()


def written_by_most(found: StoredMoment) -> list[Written]:
    """Return what most people wrote, emotes and words together."""
    evidence = found.document.evidence
    emotes = [Written(each.name, True, each.chatters, each.uses) for each in evidence.emotes]
    words = [Written(each.word, False, each.chatters, each.uses) for each in evidence.words]
    return sorted(emotes + words, key=rank)[:MOST_WRITTEN]


def rank(row: Written) -> tuple[bool, int, int]:
    """Return by what the table is sorted: by people, and after all others the words that stand in every sentence."""
    return not row.is_emote and is_function_word(row.name), -row.chatters, -row.uses


def emotes_address(found: StoredMoment, now: datetime) -> str | None:
    """Return where the emotes of the minutes around it are, second by second; None once they are kept no longer."""
    if now - found.crossed_at > timedelta(days=kept.EMOTES_DAYS):
        return None
    begin, end = (found.crossed_at + each * AROUND for each in (-1, 1))
    times = urlencode({"from": iso(begin), "until": iso(end), "step": "1"}, safe=":")
    return f"/channels/{found.channel.login or found.channel.channel_id}/emotes?{times}"


async def visible(site: Site, moment_id: str, shadow: bool) -> StoredMoment | None:
    """Return the moment; None if it does not exist, or if it is for operators and `shadow` was not asked for."""
    found = await site.moments.one(moment_id) if plausible(moment_id) else None
    return found if found is None or shadow or not found.document.shadow else None


@router.api_route("/moments/{moment_id}", methods=["GET", "HEAD"])
async def moment(site: CurrentSite, moment_id: str, shadow: EvenExperimental = False) -> Response:
    """Show one moment."""
    freshness, read_at = await site.progress.read()
    found = await visible(site, moment_id, shadow)
    if found is None:
        raise HTTPException(404, _("This moment does not exist, or it has been removed."))
    is_public = not found.document.shadow
    since = urlencode({"moment": moment_id, "since": int(read_at.timestamp() * 1_000_000)})
    values = {
        "moment": found,
        "written": written_by_most(found),
        "emotes_address": emotes_address(found, read_at),
        "around": await site.surroundings.of(found) if is_public else Around(),
        "freshness": freshness,
        "voices": voices_text(await site.voices.of(moment_id)) if is_public else "",
        "live_address": f"/events?{since}" if is_public else None,
    }
    return site.renderer.page("moment.html", values, headers=READER_PAGE)
