"""Helix in the name of a person who signed in on the website, with a token that others keep."""

from twitch_access.budget import Share
from twitch_access.errors import SignInNeeded, Unauthorized
from twitch_access.helix import Helix
from twitch_access.session import Session
from twitch_access.settings import TwitchSettings
from twitch_access.transport import Transport


class HeldToken:
    """A token as it is: who keeps it renews it, and asks again with the new one."""

    def __init__(self, token: str) -> None:
        self._token = token

    def value(self, seconds: float) -> str:
        return self._token

    def renew(self, refused: str, seconds: float) -> None:
        raise Unauthorized("Twitch does not know the token any more")

    def lacks_scope(self, message: str) -> SignInNeeded:
        return SignInNeeded(f"the token lacks a scope ({message})")

    def validate(self) -> None:
        """Whoever keeps the token validates it."""


class Persons:
    """The way to Helix for all who signed in: one pool of connections, and one share of points."""

    def __init__(self, settings: TwitchSettings, transport: Transport) -> None:
        self._settings, self._transport = settings, transport
        self._share: Share = settings.share("consent")

    def helix(self, token: str) -> Helix:
        """Return Helix under a person's token; nothing is requested yet. A 401 is `Unauthorized`."""
        settings = self._settings
        address, client_id, seconds = settings.api_url, settings.client_id, settings.deadline_seconds
        session = Session(self._transport, address, client_id, HeldToken(token), seconds, self._share)
        return Helix(session, session)
