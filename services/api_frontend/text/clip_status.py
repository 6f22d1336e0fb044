"""Says what became of a moment's clip, and never more than is known."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from api_frontend.data.stored_moment import ClipState, StoredMoment
from api_frontend.text.recording import Recording, recording
from api_frontend.translation import _, marked
from contracts.clips import ClipStatus

Tone = Literal["good", "waiting", "quiet"]

# Decided with the peak, 5 s after it, or 30 s after it where a cause was seen; the peak is at most 90 s away.
DECIDED_WITHIN = timedelta(seconds=130)
MADE_AFTER = timedelta(seconds=20)  # from the intent; Twitch takes about that long
GIVEN_UP_AFTER = timedelta(minutes=15)  # a clip is looked for ten minutes; then the outcome is recorded
STEP_SECONDS = 5  # "in about 20 s" counts down in such steps
DECIDING, MAKING = marked("Deciding…"), marked("The clip is being made…")
NOTHING_KNOWN = marked("Nothing is known of a clip")
UNKNOWN_CAUSE = marked("No clip: something other than the stream made people write")
FORBIDDEN = "403:"  # what a refusal's reason begins with, or has in it, where a channel lets nobody clip it
OFFLINE = "404:"  # what it begins with where the stream had ended before the clip was asked for
CAUSED = {  # what made people write, instead of the stream
    "raid": marked("No clip: a raid brought the crowd"),
    "gifts": marked("No clip: chat was thanking for gift subs"),
    "giveaway": marked("No clip: a giveaway made people write"),
    "commands": marked("No clip: chat was typing bot commands"),
    "vote": marked("No clip: chat was voting"),
    "copypasta": marked("No clip: chat was copying one text"),
    "bots": marked("No clip: bots flooded the chat"),
    "mode": marked("No clip: the rules of the chat had just changed"),
    "greetings": marked("No clip: chat was saying hello"),
}
SKIPPED = {  # by what clip_creator's reason begins with
    "cool-down": marked("No clip: this channel had one a moment ago"),
    "budget": marked("No clip: bigger moments got this hour’s clips"),
    "no credentials": marked("No clip: this site does not make clips at present"),
    "nobody has signed in": marked("No clip: this site does not make clips at present"),
}


@dataclass(frozen=True)
class ClipNote:
    """One short sentence on the clip. Where it will change by itself: when, and to what."""

    tone: Tone
    text: str
    recording: Recording | None = None
    due: datetime | None = None
    after: str = ""
    counts_down: bool = False


def countdown_text(due: datetime, now: datetime) -> str:
    """Say how long it takes about, "Clip in about 20 s", in steps of five seconds."""
    left = (due - now).total_seconds()
    if left <= 0:
        return _(MAKING)
    return _("Clip in about %(seconds)s s", seconds=-int(-left // STEP_SECONDS) * STEP_SECONDS)


def undecided(moment: StoredMoment, now: datetime) -> ClipNote:
    """Describe a moment without a record: still deciding, or nothing is known."""
    if moment.document.shadow:
        return ClipNote("quiet", _("Experimental moments get no clip"))
    due = max(moment.crossed_at, moment.changed_at) + DECIDED_WITHIN
    if now < due:
        return ClipNote("waiting", _(DECIDING), due=due, after=_(NOTHING_KNOWN))
    return ClipNote("quiet", _(NOTHING_KNOWN), recording(moment))


def being_made(moment: StoredMoment, clip: ClipState, now: datetime) -> ClipNote:
    """Describe a clip that Twitch is being asked for."""
    if now - clip.decided_at > GIVEN_UP_AFTER:
        return ClipNote("quiet", _(NOTHING_KNOWN), recording(moment))
    due = clip.decided_at + MADE_AFTER
    return ClipNote("waiting", countdown_text(due, now), due=due, after=_(MAKING), counts_down=now < due)


def skipped_because(moment: StoredMoment, reason: str) -> str:
    """Say why we asked for no clip; a reason that no visitor would understand is left out."""
    document = moment.document
    if document.no_clip_reason == "cause":
        cause = document.causes[0] if document.causes else ""
        return _(CAUSED.get(cause, UNKNOWN_CAUSE))
    if document.no_clip_reason == "rate":
        return _("No clip: this channel had bigger moments")
    words = next((words for begin, words in SKIPPED.items() if reason.startswith(begin)), None)
    return _(words) if words else _("No clip was made")


def refused_because(reason: str) -> str:
    """Say why Twitch refused the clip, where it said so."""
    if FORBIDDEN in reason:
        return _("This channel does not allow clips")
    return _("No clip: the stream had ended") if reason.startswith(OFFLINE) else _("Twitch refused the clip")


def outcome_text(status: ClipStatus, moment: StoredMoment, reason: str) -> str:
    """Describe an outcome without a clip."""
    match status:
        case "refused":
            return refused_because(reason)
        case "skipped":
            return skipped_because(moment, reason)
        case "too_late":
            return _("No clip: we noticed this too late")
        case _:
            return _("Twitch did not confirm the clip")


def clip_note(moment: StoredMoment, now: datetime) -> ClipNote:
    """Say what is known of the moment's clip."""
    clip = moment.clip
    if clip is None:
        return undecided(moment, now)
    if clip.status == "intent":
        return being_made(moment, clip, now)
    if clip.status == "made":
        return ClipNote("good", _("Clip ready"))
    return ClipNote("quiet", outcome_text(clip.status, moment, clip.reason), recording(moment))


def length_text(seconds: float) -> str:
    """Write a clip's length as players do, "0:57"."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    return f"{minutes}:{rest:02d}"
