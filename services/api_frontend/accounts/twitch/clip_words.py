"""What became of a clip that a channel's own people asked for, in words for them."""

from api_frontend.data.channel_people.own_clips import OwnClip
from api_frontend.translation import _, marked

STATES = {
    "intent": marked("Twitch was asked for the clip; whether it makes one is not known yet. We look for it."),
    "asked": marked("Twitch makes the clip. It appears here in about a minute."),
    "made": marked("The clip is made."),
}
REASONS = {
    "place": marked("Twitch makes no clip of this place in the recording."),
    "forbidden": marked("Twitch says that you may not make clips of this channel."),
    "recording_gone": marked("The recording is not at Twitch any more."),
    "busy": marked("There were too many requests to Twitch. Nothing was made; please try again in a minute."),
    "away": marked("Twitch did not answer. Nothing was made; please try again."),
    "scope": marked("You have not allowed us to make clips. Nothing was made."),
    "refused": marked("Twitch refused. Nothing was made."),
    "revoked": marked("The consent was withdrawn before Twitch had answered, so nothing more was done."),
    "never_came": marked(
        "Twitch took the request, but the clip did not appear. You may try again: we look for it first."
    ),
    "unanswered": marked(
        "Nobody can tell whether Twitch made a clip: it gave no answer, and no such clip was found. "
        "You may try again: we look for it first."
    ),
}
NO_RECORDING = marked("Twitch has no recording of this place in the stream (any more), so nothing was asked for.")


def clip_text(clip: OwnClip) -> str:
    """Say what is known of a clip."""
    return _(REASONS.get(clip.reason, REASONS["refused"])) if clip.reason else _(STATES.get(clip.state, ""))
