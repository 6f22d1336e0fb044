"""Who is signed in, and which servers they may manage: asked again every few minutes, so that a lost right shows."""

import secrets
from dataclasses import dataclass
from hashlib import sha256

import structlog

from api_frontend.accounts.cookies import ID_BYTES, Cookies, in_two, joined
from api_frontend.accounts.discord_api import DiscordApi, DiscordAwayError, DiscordRefusedError
from api_frontend.accounts.sign_in import DiscordSignIn
from api_frontend.data.discord.sessions import Sessions, StoredSession

SESSION_SECONDS = 7 * 86_400  # Discord's tokens live as long
OLD_SECONDS = 600.0  # while Discord is away, rights that are older count no more
MOST_NAME = 80  # characters

log = structlog.get_logger()


class SignedOutError(Exception):
    """Discord does not know the person's token any more; the session is gone."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """A person in one browser. `csrf`: what their forms bring back; `token`: for Discord, never shown or logged."""

    session_hash: bytes
    user_id: int
    name: str
    csrf: str
    token: str
    stored: StoredSession


class Accounts:
    """Every method raises `PostgresAwayError` if Postgres does not answer. `rights_seconds`: how long rights count."""

    def __init__(
        self, *, api: DiscordApi, sign_in: DiscordSignIn, cookies: Cookies, sessions: Sessions, rights_seconds: float
    ) -> None:
        self.sign_in, self.cookies = sign_in, cookies
        self._api, self._sessions, self._rights_seconds = api, sessions, rights_seconds

    async def open(self, code: str, verifier: str) -> str:
        """Sign a person in; return the session's cookie. Raises `DiscordAwayError` and `DiscordRefusedError`."""
        granted = await self._api.redeem(code, verifier)
        person = await self._api.person(granted.access_token)
        guilds = await self._api.managed(granted.access_token)
        if not person.id.isdecimal():
            raise DiscordRefusedError("Discord did not say who this is")
        session_id = secrets.token_bytes(ID_BYTES)
        theirs, ours = in_two(granted.access_token)
        await self._sessions.open(
            hash_of(session_id),
            user_id=int(person.id),
            user_name=person.shown_name[:MOST_NAME],
            token_part=ours,
            guilds=guilds,
            seconds=min(SESSION_SECONDS, granted.expires_in),
        )
        return self.cookies.session(session_id, theirs)

    async def of(self, cookie: str | None) -> Account | None:
        """Return who has this cookie; None if nobody has, or not any more."""
        carried = self.cookies.read_session(cookie)
        if carried is None:
            return None
        session_id, token_part = carried
        stored = await self._sessions.one(hash_of(session_id))
        if stored is None:
            return None
        try:
            token = joined(token_part, stored.token_part)
        except ValueError:
            return None
        return Account(
            session_hash=hash_of(session_id),
            user_id=stored.user_id,
            name=stored.user_name,
            csrf=self.cookies.csrf(session_id),
            token=token,
            stored=stored,
        )

    async def managed(self, account: Account) -> dict[int, str]:
        """Return the names of the servers that the person may manage, by id.

        Raises `SignedOutError`, and `DiscordAwayError` where Discord was away for long.
        """
        known = account.stored
        if known.guilds_seconds < self._rights_seconds:
            return known.guilds
        try:
            guilds = await self._api.managed(account.token)
        except DiscordRefusedError as error:
            await self._sessions.end(account.session_hash)
            raise SignedOutError from error
        except DiscordAwayError:
            if known.guilds_seconds >= OLD_SECONDS:
                raise
            return known.guilds
        await self._sessions.renew(account.session_hash, guilds)
        return guilds

    async def close(self, account: Account) -> None:
        """Sign a person out: the session is deleted, and Discord voids the token if it can be reached."""
        await self._sessions.end(account.session_hash)
        try:
            await self._api.revoke(account.token)
        except (DiscordAwayError, DiscordRefusedError) as error:
            log.info("a token could not be voided", reason=str(error))

    async def stop(self) -> None:
        """Close the connections to Discord."""
        await self._api.close()


def hash_of(session_id: bytes) -> bytes:
    """Return what Postgres knows a session by: who reads it there cannot make the cookie."""
    return sha256(session_id).digest()
