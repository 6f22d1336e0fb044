"""Puts the way to Twitch together from its settings."""

from dataclasses import dataclass

from twitch_access.authority import Authority
from twitch_access.budget import Share
from twitch_access.helix import Helix
from twitch_access.session import Session
from twitch_access.settings import TwitchSettings
from twitch_access.token_file import TokenFile
from twitch_access.tokens import ApplicationToken, Token, UserToken
from twitch_access.transport import Transport


@dataclass(frozen=True)
class TwitchAccess:
    """Helix with its tokens, those to be validated hourly; `user` is the one who signed in."""

    helix: Helix
    tokens: list[Token]
    user: UserToken
    transport: Transport

    def signed_in(self) -> bool:
        """Return whether there are tokens to make clips with, without asking Twitch."""
        return not self.user.problem()


def open_access(settings: TwitchSettings, makes_clips: bool = False, share: Share | None = None) -> TwitchAccess | None:
    """Return the access to Helix with this program's share, None without credentials; nothing is requested yet.

    With a client secret Helix is read with the application's token, without one with the user's. Raises OSError
    where the secret's file cannot be read.
    """
    if settings.anonymous:
        return None
    transport = Transport()
    authority = Authority(
        transport, settings.auth_url, settings.client_id, settings.client_secret(), settings.deadline_seconds
    )
    user = UserToken(authority, TokenFile(settings.user_tokens_file))
    application = ApplicationToken(authority) if authority.has_secret else None

    def session(token: Token) -> Session:
        return Session(transport, settings.api_url, settings.client_id, token, settings.deadline_seconds, share)

    maker = session(user)
    reader = session(application) if application else maker
    tokens: list[Token] = [application] if application else []
    if makes_clips or not application:
        tokens.append(user)
    return TwitchAccess(Helix(reader, maker), tokens, user, transport)
