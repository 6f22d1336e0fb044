"""What people agreed to at Twitch: kept encrypted, used only for what they ask for, renewed, and given back."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog

from api_frontend.accounts.accounts import hash_of
from api_frontend.accounts.cookies import ID_BYTES, Cookies
from api_frontend.accounts.twitch.keyring import Keyring, PersonTokens, UnreadableError
from api_frontend.data.channel_people.consents import Consent, ConsentRows, Visitor
from twitch_access.answers import GrantedToken, Validation
from twitch_access.authority import Authority
from twitch_access.errors import Refused, SignInNeeded, TwitchError, Unauthorized
from twitch_access.helix import Helix
from twitch_access.person import Persons

SESSION_SECONDS = 30 * 86_400
EARLY_SECONDS = 300.0  # a token is renewed this long before its end
Answer = TypeVar("Answer")
Admit = Callable[[str], Awaitable[bool]]

log = structlog.get_logger()


class ConsentGoneError(Exception):
    """The consent was withdrawn, here or at Twitch; its tokens are deleted."""


class MissingScopeError(Exception):
    """The person did not allow this."""


class NotYoursError(Exception):
    """Who signed in is neither the channel's streamer nor an editor. The text is their login; nothing of it is kept."""


@dataclass(frozen=True, kw_only=True)
class Signed:
    """A person in one browser. `csrf`: what their forms bring back."""

    session_hash: bytes
    csrf: str
    visitor: Visitor

    @property
    def user_id(self) -> str:
        """Who it is, by Twitch's id."""
        return self.visitor.user_id


class Consents:
    """Every method raises `PostgresAwayError` if Postgres does not answer, and a `TwitchError` if Twitch does not."""

    def __init__(
        self,
        *,
        authority: Authority,
        persons: Persons,
        keyring: Keyring,
        rows: ConsentRows,
        cookies: Cookies,
        return_url: str,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._authority, self._persons, self._keyring, self.rows = authority, persons, keyring, rows
        self.cookies, self._return_url, self._now = cookies, return_url, now
        self._renewing = asyncio.Lock()

    async def open(self, code: str, admit: Admit) -> str:
        """Keep what a person agreed to, if `admit` lets their id in; return the session's cookie.

        Raises `NotYoursError`.
        """
        granted = await asyncio.to_thread(self._authority.redeem_code, code, self._return_url)
        found = await asyncio.to_thread(self._authority.validate, granted.access_token)
        if not found.user_id or not found.login or found.client_id != self._authority.client_id:
            raise Refused(403, "Twitch did not say whose token it is")
        before = await self.rows.one(found.user_id)
        if not await admit(found.user_id) or not await self._keep(found, granted):
            await self._void(granted.access_token)
            raise NotYoursError(found.login)
        if before is not None:
            await self._void_stored(before.tokens)
        session_id = secrets.token_bytes(ID_BYTES)
        await self.rows.open_session(hash_of(session_id), found.user_id, SESSION_SECONDS)
        log.info("a person consented", user_id=found.user_id, scopes=sorted(found.scopes or []))
        return self.cookies.session(session_id, b"")

    async def _keep(self, found: Validation, granted: GrantedToken) -> bool:
        locked = self._keyring.locked(self._tokens(granted))
        return await self.rows.keep(found.user_id or "", found.login or "", found.scopes or [], locked)

    def _tokens(self, granted: GrantedToken, before: str = "") -> PersonTokens:
        return PersonTokens(
            access_token=granted.access_token,
            refresh_token=granted.refresh_token or before,
            ends_at=self._now() + granted.expires_in if granted.expires_in else 0.0,
        )

    async def of(self, cookie: str | None) -> Signed | None:
        """Return who has this cookie; None if nobody has, or not any more."""
        carried = self.cookies.read_session(cookie)
        visitor = await self.rows.visitor(hash_of(carried[0])) if carried else None
        if carried is None or visitor is None:
            return None
        return Signed(session_hash=hash_of(carried[0]), csrf=self.cookies.csrf(carried[0]), visitor=visitor)

    async def ask(self, user_id: str, call: Callable[[Helix], Answer]) -> Answer:
        """Ask Helix in a person's name. Raises `ConsentGoneError` and `MissingScopeError`.

        A 401 did nothing, so the same is asked once more with a renewed token.
        """
        consent = await self.rows.one(user_id)
        if consent is None:
            raise ConsentGoneError
        consent, tokens = consent, self._opened(consent)
        if 0 < tokens.ends_at < self._now() + EARLY_SECONDS:
            consent, tokens = await self._renewed(consent)
        try:
            return await self._call(tokens, call)
        except Unauthorized:
            consent, tokens = await self._renewed(consent)
        try:
            return await self._call(tokens, call)
        except Unauthorized as error:
            await self._check(consent, tokens)
            raise Refused(401, str(error)) from error

    async def _call(self, tokens: PersonTokens, call: Callable[[Helix], Answer]) -> Answer:
        try:
            return await asyncio.to_thread(call, self._persons.helix(tokens.access_token))
        except SignInNeeded as error:
            raise MissingScopeError from error

    def _opened(self, consent: Consent) -> PersonTokens:
        """Decrypt; a key that this process lacks is the operator's fault, and takes nothing from the person."""
        try:
            return self._keyring.opened(consent.tokens)
        except UnreadableError as error:
            log.error("tokens cannot be read: is the key's file the right one?", user_id=consent.user_id)
            raise Refused(500, "the tokens cannot be read") from error

    async def _renewed(self, consent: Consent) -> tuple[Consent, PersonTokens]:
        """Renew a person's tokens, unless somebody else has. Raises `ConsentGoneError`."""
        async with self._renewing:
            latest = await self.rows.one(consent.user_id)
            if latest is None:
                raise ConsentGoneError
            tokens = self._opened(latest)
            if latest.tokens != consent.tokens:
                return latest, tokens
            try:
                granted = await asyncio.to_thread(self._authority.refreshed, tokens.refresh_token)
            except (Refused, Unauthorized) as error:
                await self._lost(latest.user_id, str(error))
                raise ConsentGoneError from error
            renewed = self._tokens(granted, tokens.refresh_token)
            if await self.rows.renew(latest.user_id, latest.tokens, self._keyring.locked(renewed)):
                kept = await self.rows.one(latest.user_id)
                if kept is not None:
                    return kept, renewed
            await self._void(granted.access_token)  # the consent was withdrawn meanwhile
            raise ConsentGoneError

    async def _check(self, consent: Consent, tokens: PersonTokens) -> None:
        """Ask Twitch whether it knows a token. Raises `ConsentGoneError`, once the consent is deleted."""
        try:
            await asyncio.to_thread(self._authority.validate, tokens.access_token)
        except Unauthorized as error:
            await self._lost(consent.user_id, str(error))
            raise ConsentGoneError from error
        await self.rows.note_checked(consent.user_id)

    async def validate(self, consent: Consent) -> None:
        """Ask Twitch whether a consent still holds, as it asks for hourly. Raises `ConsentGoneError`."""
        tokens = self._opened(consent)
        try:
            await asyncio.to_thread(self._authority.validate, tokens.access_token)
        except Unauthorized:
            await self._renewed(consent)
            return
        await self.rows.note_checked(consent.user_id)

    async def _lost(self, user_id: str, reason: str) -> None:
        await self.rows.end(user_id)
        log.info("a consent ended at Twitch", user_id=user_id, reason=reason)

    async def revoke(self, user_id: str) -> bool:
        """Delete a consent with all that hangs on it; return whether Twitch voided the token too."""
        stored = await self.rows.end(user_id)
        log.info("a consent was withdrawn", user_id=user_id)
        return all([await self._void_stored(each) for each in stored])

    async def _void_stored(self, stored: bytes) -> bool:
        try:
            return await self._void(self._keyring.opened(stored).access_token)
        except UnreadableError:
            return False

    async def _void(self, token: str) -> bool:
        try:
            await asyncio.to_thread(self._authority.revoke, token)
        except TwitchError as error:
            log.warning("a token could not be voided", reason=str(error))
            return False
        return True

    async def lock_anew(self) -> int:
        """Encrypt with the newest key what an older one encrypted; return how many."""
        changed = 0
        for user_id, stored in (await self.rows.all_tokens()).items():
            try:
                renewed = self._keyring.renewed(stored)
                changed += renewed is not None and await self.rows.lock_anew(user_id, stored, renewed)
            except UnreadableError:
                log.error("tokens cannot be read: is the key's file the right one?", user_id=user_id)
        return changed
