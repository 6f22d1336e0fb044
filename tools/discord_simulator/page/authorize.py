"""OAuth2's question to a person: sign in, or add the bot to a server."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from discord_simulator.discord import Discord
from discord_simulator.oauth.grants import SCOPES
from discord_simulator.page.views import HEADERS, page
from discord_simulator.world.guilds import Guild
from discord_simulator.world.permissions import Permission

MEANINGS: Final = {
    "identify": "See your name and picture",
    "email": "See your e-mail address",
    "guilds": "See which servers you are in",
    "bot": "Come into a server of yours",
    "applications.commands": "Add commands to a server",
}
DENIED: Final = {"error": "access_denied", "error_description": "The resource owner or authorization server denied"}


class AuthorizeError(Exception):
    """What is wrong with an application's link, in words for its maker."""


@dataclass(frozen=True)
class Demand:
    """What an application asks for."""

    scopes: tuple[str, ...]
    redirect_uri: str
    state: str
    challenge: str
    method: str
    permissions: int
    guild_id: str

    @property
    def asks_server(self) -> bool:
        """Return whether the bot is to be added to a server."""
        return bool({"bot", "applications.commands"} & set(self.scopes))

    @property
    def wants_code(self) -> bool:
        """Return whether the person is sent back with a code."""
        return bool(self.redirect_uri)


def read_demand(query: Mapping[str, str], client_id: int, redirects: str) -> Demand:
    """Read a link to the authorization page. Raises AuthorizeError."""
    if query.get("client_id") != str(client_id):
        raise AuthorizeError("Unknown Application")
    scopes = tuple(query.get("scope", "").split())
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        raise AuthorizeError(f"Invalid scope: {' '.join(unknown) or 'none is given'}")
    redirect_uri, known = query.get("redirect_uri", ""), [each for each in redirects.split(",") if each]
    is_followed = urlsplit(redirect_uri).scheme in ("http", "https") and (not known or redirect_uri in known)
    if redirect_uri and not is_followed:
        raise AuthorizeError("Invalid OAuth2 redirect_uri")
    if not redirect_uri and "bot" not in scopes:
        raise AuthorizeError("redirect_uri is missing")
    if redirect_uri and query.get("response_type") != "code":
        raise AuthorizeError("response_type must be code")
    permissions = query.get("permissions", "0")
    return Demand(
        scopes=scopes,
        redirect_uri=redirect_uri,
        state=query.get("state", ""),
        challenge=query.get("code_challenge", ""),
        method=query.get("code_challenge_method", "plain"),
        permissions=int(permissions) if permissions.isdecimal() else 0,
        guild_id=query.get("guild_id", ""),
    )


def managed_names(guilds: Sequence[Guild], people: Iterable[int]) -> dict[int, str]:
    """Return the names of the servers that each person may manage, three at most; managers of the first come first."""
    managed = {user_id: [each for each in guilds if each.base(user_id) & Permission.MANAGE_GUILD] for user_id in people}
    places = {each.guild_id: place for place, each in enumerate(guilds)}
    order = sorted(
        managed, key=lambda user_id: min((places[each.guild_id] for each in managed[user_id]), default=len(places))
    )
    return {user_id: ", ".join(each.name for each in managed[user_id][:3]) for user_id in order}


class Authorize:
    """The handlers."""

    def __init__(self, discord: Discord) -> None:
        self._discord, self._world = discord, discord.world

    def _demand(self, request: Request) -> Demand:
        return read_demand(request.query_params, self._world.bot.user_id, self._discord.settings.redirects)

    async def ask(self, request: Request) -> Response:
        """Show what the application asks for."""
        try:
            demand = self._demand(request)
        except AuthorizeError as error:
            return page("authorize.html", 400, problem=str(error))
        return self._question(demand)

    def _question(self, demand: Demand, problem: str = "", status: int = 200) -> Response:
        guilds = [each for each in self._world.guilds.values() if demand.guild_id in ("", str(each.guild_id))]
        managed = managed_names(guilds, self._world.people)
        response = page(
            "authorize.html", status, problem=problem, bot=self._world.bot, scopes=demand.scopes, meanings=MEANINGS,
            people=[self._world.people[number] for number in managed], managed=managed,
            guilds=guilds[:200], asks_server=demand.asks_server,
            redirect_uri=demand.redirect_uri,
        )  # fmt: skip
        # The answer leads to the application's own address, which form-action would forbid.
        policy = HEADERS["Content-Security-Policy"].replace("form-action 'self'; ", "")
        response.headers["Content-Security-Policy"] = policy
        return response

    async def decide(self, request: Request) -> Response:
        """Do what the person decided, and lead back to the application."""
        try:
            demand = self._demand(request)
        except AuthorizeError as error:
            return page("authorize.html", 400, problem=str(error))
        form = {name: str(value) for name, value in (await request.form()).items()}
        if form.get("decision") != "agree":
            return self._lead_back(demand, DENIED)
        user_id = int(form.get("user_id", "0")) if form.get("user_id", "0").isdecimal() else 0
        if user_id not in self._world.people:
            return self._question(demand, "There is no such person.", 400)
        back: dict[str, Any] = {}
        if demand.asks_server:
            guild_id = form.get("guild_id", "0")
            guild = self._world.guilds.get(int(guild_id) if guild_id.isdecimal() else 0)
            if guild is None or not guild.base(user_id) & Permission.MANAGE_GUILD:
                return self._question(demand, "This person may not manage that server.", 403)
            self._discord.join(guild, demand.permissions)
            back |= {"guild_id": str(guild.guild_id), "permissions": str(demand.permissions)}
        if demand.wants_code:
            code = self._discord.grants.new_code(
                user_id, demand.redirect_uri, demand.scopes, demand.challenge, demand.method
            )
            back = {"code": code} | back
        return self._lead_back(demand, back)

    def _lead_back(self, demand: Demand, back: dict[str, Any]) -> Response:
        """Lead to the application, or where it gave no address to the server."""
        if demand.wants_code:
            separator = "&" if urlsplit(demand.redirect_uri).query else "?"
            state = {"state": demand.state} if demand.state else {}
            return RedirectResponse(demand.redirect_uri + separator + urlencode(back | state), 302, HEADERS)
        return RedirectResponse(f"/servers/{back['guild_id']}" if "guild_id" in back else "/", 303, HEADERS)

    def routes(self) -> list[Route]:
        """Return the routes, at both addresses that Discord has."""
        paths = ("/oauth2/authorize", "/api/oauth2/authorize")
        asks = [Route(path, self.ask) for path in paths]
        return asks + [Route(path, self.decide, methods=["POST"]) for path in paths]
