"""Asks Discord on behalf of a person who signs in: who they are, and which servers they may manage."""

import asyncio
from collections.abc import Mapping
from typing import Any, TypeVar

import httpx
import msgspec
from msgspec import Struct

DEADLINE_SECONDS = 6.0  # of one request; a person waits
SCOPES = "identify guilds"  # their name, and the list of their servers: nothing else is asked for
MOST_GUILDS = 200  # of one person; Discord's own limit, so that there is no second page
MANAGING = 1 << 3 | 1 << 5  # administrator, manage server
USER_AGENT = "stream-scout"
Asked = TypeVar("Asked")


class DiscordAwayError(Exception):
    """Discord does not answer, or not now."""


class DiscordRefusedError(Exception):
    """Discord does not know the code or the token, or not any more."""


class Granted(Struct, frozen=True):
    """A token that a code was redeemed for."""

    access_token: str
    expires_in: float
    scope: str = ""


class Person(Struct, frozen=True):
    """Who a token belongs to."""

    id: str
    username: str = ""
    global_name: str | None = None

    @property
    def shown_name(self) -> str:
        """The name that other people see."""
        return self.global_name or self.username or self.id


class OwnGuild(Struct, frozen=True):
    """A server that a person is in. `permissions`: theirs in all of it, as Discord adds up roles."""

    id: str
    name: str = ""
    owner: bool = False
    permissions: str = "0"

    @property
    def may_manage(self) -> bool:
        """Whether the person may change the server's settings."""
        return self.owner or (self.permissions.isdecimal() and bool(int(self.permissions) & MANAGING))


class DiscordApi:
    """Every method raises `DiscordAwayError`, and `DiscordRefusedError` for what Discord does not know."""

    def __init__(self, url: str, client_id: str, client_secret: str, return_url: str) -> None:
        self._url, self._client = url.rstrip("/"), (client_id, client_secret)
        self._return_url = return_url
        self._http: httpx.AsyncClient | None = None

    async def redeem(self, code: str, verifier: str) -> Granted:
        """Redeem a code; counts once."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._return_url,
            "code_verifier": verifier,
        }
        granted = await self._ask("POST", "/oauth2/token", Granted, data=form, auth=self._client)
        if not set(SCOPES.split()) <= set(granted.scope.split()):
            raise DiscordRefusedError(f"Discord granted {granted.scope!r}")
        return granted

    async def person(self, token: str) -> Person:
        """Return whose token it is."""
        return await self._ask("GET", "/users/@me", Person, headers=bearer(token))

    async def managed(self, token: str) -> dict[int, str]:
        """Return the names of the servers that the person may manage, by id."""
        found = await self._ask(
            "GET", "/users/@me/guilds", list[OwnGuild], headers=bearer(token), params={"limit": MOST_GUILDS}
        )
        return {int(each.id): each.name for each in found if each.may_manage and each.id.isdecimal()}

    async def revoke(self, token: str) -> None:
        """Void a token."""
        await self._ask("POST", "/oauth2/token/revoke", dict[str, Any], data={"token": token}, auth=self._client)

    async def close(self) -> None:
        """Close the connections."""
        if self._http is not None:
            await self._http.aclose()

    async def _ask(self, method: str, path: str, kind: type[Asked], **request: Any) -> Asked:
        if self._http is None:  # certificates take memory and time, which most starts of the site do not need
            agent = {"User-Agent": USER_AGENT}
            self._http = httpx.AsyncClient(headers=agent, trust_env=False, timeout=DEADLINE_SECONDS)
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                answer = await self._http.request(method, f"{self._url}{path}", **request)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise DiscordAwayError(f"{path}: {error!r}") from error
        if answer.status_code in (400, 401, 403):
            raise DiscordRefusedError(f"{path}: {answer.status_code}")
        if answer.is_error or answer.is_redirect:
            raise DiscordAwayError(f"{path}: {answer.status_code}")
        try:
            return msgspec.json.decode(answer.content, type=kind)
        except msgspec.MsgspecError as error:
            raise DiscordAwayError(f"{path}: {error}") from error


def bearer(token: str) -> Mapping[str, str]:
    """Return the header that names a person's token."""
    return {"Authorization": f"Bearer {token}"}
