"""A channel's page for its own people: what they consented to, their moments, and what they may do."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Query, Request, Response

from api_frontend.accounts.twitch.clip_words import clip_text
from api_frontend.accounts.twitch.consents import Signed
from api_frontend.accounts.twitch.scopes import REASONS
from api_frontend.data.channel_people.own_clips import OwnClip
from api_frontend.data.channel_people.own_moments import OwnMoment
from api_frontend.data.channels import LAST_TIME
from api_frontend.data.stored_moment import EPOCH
from api_frontend.rendering import NEVER_KEPT
from api_frontend.views.channel import CurrentChannel, Visited
from api_frontend.views.yours_session import (
    NOTICE_COOKIE,
    MaybeSigned,
    Own,
    own_of,
    page_of,
    people_of,
    without_cookie,
)
from twitch_access.answers import ClipFiles

MOMENTS = 10  # a page: as many as Twitch tells the files of at once
MOST_TITLE = 100  # characters; Twitch takes 140

router = APIRouter(include_in_schema=False)


class Row(NamedTuple):
    """A moment with what became of its clip, and the addresses of its files, if they were asked for."""

    moment: OwnMoment
    clip: OwnClip | None
    said: str
    files: tuple[str, ...]

    @property
    def may_clip(self) -> bool:
        """Whether a clip can be asked for: there is none, and none is under way."""
        return not self.moment.has_clip and (self.clip is None or self.clip.state in ("refused", "unknown"))


@router.get("/channels/{login}/yours")
async def yours(
    request: Request,
    at: CurrentChannel,
    signed: MaybeSigned,
    before: Annotated[int | None, Query(ge=0, le=10**14)] = None,
) -> Response:
    """Show the page to whoever is signed in for the channel; ask anybody else to sign in."""
    own = await own_of(at, signed) if signed else None
    if own is None:
        return await sign_in_page(at, signed)
    notice = own.people.consents.cookies.read_notice(request.cookies.get(NOTICE_COOKIE))
    return without_cookie(await own_page(own, before, notice=notice), NOTICE_COOKIE)


async def sign_in_page(at: Visited, signed: Signed | None = None, problem: str = "", status: int = 200) -> Response:
    """Say what can be done here, what Twitch is asked to allow and why; and to a stranger that it is not theirs."""
    people_of(at.site)
    values = await at.common("yours", with_curve=False)
    values |= {"reasons": REASONS, "page": page_of(at), "signed": signed, "problem": problem}
    return at.site.renderer.page("yours_sign_in.html", values, status, NEVER_KEPT)


async def own_page(
    own: Own, before: int | None, *, notice: str = "", files: Sequence[ClipFiles] = (), status: int = 200
) -> Response:
    """Render the page of a channel's own people."""
    until = EPOCH + timedelta(milliseconds=before) if before is not None else LAST_TIME
    found = await own.people.moments.page(own.channel_id, until, MOMENTS + 1)
    shown = found[:MOMENTS]
    values = await own.at.common("yours", with_curve=False)
    values |= own_values(own) | {
        "rows": rows_of(shown, await own.people.clips.of([each.moment_id for each in shown]), files),
        "before": before,
        "older_before": milliseconds(shown[-1]) if len(found) > MOMENTS else None,
        "night": await own.people.nights.one(own.channel_id, own.signed.user_id),
        "notice": notice,
        "asked_files": bool(files),
    }
    return own.at.site.renderer.page("yours.html", values, status, NEVER_KEPT)


def own_values(own: Own) -> dict[str, Any]:
    """Return what the page says of its person."""
    visitor, role = own.signed.visitor, own.standing
    return {
        "signed_in": own,
        "page": own.page,
        "csrf": own.signed.csrf,
        "granted": [each for each in REASONS[role] if each.scope in visitor.scopes],
        "missing": [each for each in REASONS[role] if each.scope not in visitor.scopes],
        "can_tell": own.at.site.discord.accounts is not None,
        "most_title": MOST_TITLE,
    }


def rows_of(moments: Sequence[OwnMoment], clips: dict[str, OwnClip], files: Sequence[ClipFiles]) -> list[Row]:
    """Put moments, clips and files together."""
    by_clip = {each.clip_id: each for each in files}
    rows = []
    for moment in moments:
        clip, file = clips.get(moment.moment_id), by_clip.get(moment.clip_id or "")
        addresses = (file.landscape_download_url, file.portrait_download_url) if file else ()
        said = clip_text(clip) if clip and not (clip.state == "made" and moment.has_clip) else ""
        rows.append(Row(moment, clip, said, tuple(each for each in addresses if each.startswith("http"))))
    return rows


def milliseconds(moment: OwnMoment) -> int:
    """Return when it was, as an address says it."""
    return (moment.crossed_at - EPOCH) // timedelta(milliseconds=1)
