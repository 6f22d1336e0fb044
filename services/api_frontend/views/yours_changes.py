"""What a channel's own people change: moments hidden and shown, clips from recordings, files, and being told."""

from collections.abc import Mapping

import structlog
from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import RedirectResponse

from api_frontend.accounts.cookies import NOTICE_SECONDS
from api_frontend.accounts.twitch.clip_making import NoRecordingError, Outcome
from api_frontend.accounts.twitch.clip_words import NO_RECORDING, REASONS, STATES
from api_frontend.accounts.twitch.consents import ConsentGoneError, MissingScopeError
from api_frontend.data.channel_people.own_moments import OwnMoment
from api_frontend.rendering import NEVER_KEPT
from api_frontend.text.lead import lead
from api_frontend.translation import _, marked
from api_frontend.views.yours import MOMENTS, MOST_TITLE, own_page, sign_in_page
from api_frontend.views.yours_session import (
    EVERYWHERE,
    NOTICE_COOKIE,
    PATH,
    SESSION_COOKIE,
    TWITCH_AWAY,
    CurrentOwn,
    Own,
    OwnForm,
    without_cookie,
)
from twitch_access.answers import ClipFiles
from twitch_access.errors import Refused, TwitchError

LONGEST_BEFORE = 14  # digits of a time in an address
NO_MOMENT = marked("This channel has no such moment (any more).")
HIDDEN = marked("The moment is hidden: nobody sees it here any more, nor does Discord.")
SHOWN = marked("The moment is shown again.")
UNDER_WAY = marked("A clip of this moment was asked for already.")
GONE = marked("Twitch says that the consent was withdrawn. What we had of it is deleted, and nothing more was done.")
NO_SCOPE = marked("You have not allowed this. Sign in once more and allow it, if you want it.")
NO_FILES = marked("Twitch gave no addresses for these clips.")
FILES = marked("The addresses are beside the clips. They are Twitch’s, and good for a while.")
NOT_TOLD = marked("Nobody is told on Discord any more.")

log = structlog.get_logger()
router = APIRouter(prefix="/channels/{login}/yours", include_in_schema=False)


def back(own: Own, fields: Mapping[str, str], notice: str) -> Response:
    """Lead back to the page that the form was on, which says what was done."""
    before = fields.get("before", "")
    query = f"?before={before}" if before.isascii() and before.isdecimal() and len(before) <= LONGEST_BEFORE else ""
    answer = RedirectResponse(f"{own.page}{query}", 303, NEVER_KEPT)
    cookie = own.people.consents.cookies.notice(notice)
    answer.set_cookie(NOTICE_COOKIE, cookie, max_age=NOTICE_SECONDS, path=PATH, httponly=True, samesite="lax")
    return answer


async def moment_of(own: Own, fields: Mapping[str, str]) -> OwnMoment:
    """Return the channel's moment that a form names; 404 if it has none."""
    found = await own.people.moments.one(own.channel_id, fields.get("moment", ""))
    if found is None:
        raise HTTPException(404, _(NO_MOMENT))
    return found


async def gone(own: Own) -> Response:
    """Say that the consent is gone, which ends the session."""
    return without_cookie(await sign_in_page(own.at, problem=_(GONE), status=401), SESSION_COOKIE, EVERYWHERE)


def note(own: Own, act: str, moment_id: str = "") -> None:
    """Log what was done, and by whom."""
    log.info(act, channel_id=own.channel_id, user_id=own.signed.user_id, standing=own.standing, moment_id=moment_id)


@router.post("/hide")
async def hide(own: CurrentOwn, fields: OwnForm) -> Response:
    """Hide a moment of the channel."""
    moment = await moment_of(own, fields)
    await own.people.moments.hide(own.channel_id, moment.moment_id)
    own.at.site.forget()
    note(own, "a moment is hidden by its channel", moment.moment_id)
    return back(own, fields, _(HIDDEN))


@router.post("/show")
async def show(own: CurrentOwn, fields: OwnForm) -> Response:
    """Show a moment again that the channel hid."""
    moment = await moment_of(own, fields)
    await own.people.moments.show(own.channel_id, moment.moment_id)
    own.at.site.forget()
    note(own, "a moment is shown by its channel", moment.moment_id)
    return back(own, fields, _(SHOWN))


@router.post("/clip")
async def clip(own: CurrentOwn, fields: OwnForm) -> Response:
    """Ask Twitch for the clip of a moment that has none."""
    moment = await moment_of(own, fields)
    if moment.has_clip:
        return back(own, fields, _(UNDER_WAY))
    if not own.may_clip:
        return back(own, fields, _(NO_SCOPE))
    title = " ".join(fields.get("title", "").split())[:MOST_TITLE] or lead(moment.document)
    try:
        outcome = await own.people.making.make(own.channel_id, own.signed.user_id, moment, title)
    except NoRecordingError:
        return back(own, fields, _(NO_RECORDING))
    except MissingScopeError:
        return back(own, fields, _(NO_SCOPE))
    except ConsentGoneError:
        return await gone(own)
    except TwitchError as error:
        log.warning("no clip could be asked for", reason=str(error))
        return back(own, fields, _(TWITCH_AWAY))
    return back(own, fields, await said_of(own, moment, outcome))


async def said_of(own: Own, moment: OwnMoment, outcome: Outcome) -> str:
    """Say what came of asking for a clip."""
    if outcome == "refused":
        row = await own.people.clips.one(moment.moment_id)
        return _(REASONS.get(row.reason if row else "", REASONS["refused"]))
    known = {"asked": STATES["asked"], "open": STATES["intent"], "made": STATES["made"]}
    return _(known.get(outcome, UNDER_WAY))


@router.post("/files")
async def files(own: CurrentOwn, fields: OwnForm) -> Response:
    """Show the addresses of the files of a page's clips."""
    if not own.may_clip:
        return back(own, fields, _(NO_SCOPE))
    text = fields.get("before", "")
    before = int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_BEFORE else None
    ids = [each for each in fields.get("clips", "").split() if len(each) <= 100][:MOMENTS]
    try:
        found = await files_of(own, ids) if ids else []
    except MissingScopeError:
        return back(own, fields, _(NO_SCOPE))
    except ConsentGoneError:
        return await gone(own)
    except TwitchError as error:
        log.warning("no addresses of files", reason=str(error))
        return back(own, fields, _(REASONS["forbidden"]) if is_forbidden(error) else _(TWITCH_AWAY))
    note(own, "addresses of files were asked for")
    return await own_page(own, before, notice=_(FILES) if found else _(NO_FILES), files=found)


async def files_of(own: Own, clip_ids: list[str]) -> list[ClipFiles]:
    """Ask Twitch where the files of the channel's clips are; what is no clip of it, Twitch leaves out."""
    channel_id, user_id = own.channel_id, own.signed.user_id
    return await own.people.consents.ask(user_id, lambda helix: helix.get_clip_files(channel_id, user_id, clip_ids))


def is_forbidden(error: TwitchError) -> bool:
    """Return whether Twitch said that the person may not."""
    return isinstance(error, Refused) and error.status == 403


@router.post("/untell")
async def untell(own: CurrentOwn, fields: OwnForm) -> Response:
    """Tell nobody on Discord any more."""
    await own.people.nights.end(own.channel_id, own.signed.user_id)
    note(own, "nobody is told on Discord any more")
    return back(own, fields, _(NOT_TOLD))
