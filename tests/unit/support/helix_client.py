"""A client of Helix for a scripted Twitch, with a token that is what it is."""

from unit.support.scripted_twitch import ScriptedTwitch

from twitch_access.errors import (
    SignInNeeded,
)
from twitch_access.helix import Helix
from twitch_access.session import Session
from twitch_access.transport import Transport


class FixedToken:
    """A token that is what it is; remembers that it was refused."""

    def __init__(self) -> None:
        self.renewals = 0

    def value(self, seconds: float) -> str:
        return f"token-{self.renewals}"

    def renew(self, refused: str, seconds: float) -> None:
        self.renewals += 1

    def lacks_scope(self, message: str) -> SignInNeeded:
        return SignInNeeded(message)

    def validate(self) -> None:
        """Always valid."""


STREAM = {
    "id": "9",
    "user_id": "1",
    "user_login": "a",
    "user_name": "A",
    "started_at": "2026-01-01T00:00:00Z",
    "viewer_count": 5,
    "a_field_of_next_year": [],
}


def helix(twitch: ScriptedTwitch, seconds: float = 3.0) -> Helix:
    session = Session(Transport(), twitch.url, "client", FixedToken(), seconds)
    return Helix(session, session)
