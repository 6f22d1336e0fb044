"""What Twitch is asked to allow, each with its reason for people. Nothing else is ever asked for."""

from typing import Literal, NamedTuple

from api_frontend.translation import marked

OWN_CLIPS, EDITOR_CLIPS, READ_EDITORS = "channel:manage:clips", "editor:manage:clips", "channel:read:editors"
CLIP_SCOPES = frozenset({OWN_CLIPS, EDITOR_CLIPS})
Role = Literal["streamer", "editor", "simple"]


class Reason(NamedTuple):
    """A scope of Twitch's, and why it is asked for."""

    scope: str
    text: str


CLIPS_REASON = marked("To make the clips that you ask for here, and to give you the addresses of your clips’ files.")
REASONS: dict[Role, tuple[Reason, ...]] = {
    "streamer": (
        Reason(OWN_CLIPS, CLIPS_REASON),
        Reason(READ_EDITORS, marked("To know who your editors are, so that they may do the same here.")),
    ),
    "editor": (Reason(EDITOR_CLIPS, CLIPS_REASON),),
    "simple": (),
}


def scopes_of(role: Role) -> tuple[str, ...]:
    """Return what is asked for."""
    return tuple(each.scope for each in REASONS[role])


def role_in(text: str) -> Role:
    """Read a role from an address; anything else asks for nothing."""
    return text if text in REASONS else "simple"
