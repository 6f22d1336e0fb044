"""The site with its Discord pages between a real Postgres and the simulated Discord, and the browsers of people."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import httpx
import psycopg
from integration.support.api_frontend_process import SiteProcess
from integration.support.clip_creator_process import Simulator
from integration.support.database import as_role

from discord_bot.data.database import Database
from discord_bot.data.guilds import Guilds, Present
from discord_notices.rules.places import Places, Role, TextChannel
from discord_simulator.process import CLIENT, DiscordProcess

RETURN = "http://site.example/discord/return"
HIDDEN = {"mods", "Information", "Chat", "Voice"}  # not text channels, or not seen by the bot


def discord_settings(simulator: DiscordProcess, folder: Path, **changes: str) -> dict[str, str]:
    """The settings of a site whose visitors sign in at the simulated Discord; rights are asked for each time."""
    secret = folder / "discord_client_secret"
    secret.write_text(f"{CLIENT['client_secret']}\n")
    return {
        "API_DISCORD_CLIENT_ID": CLIENT["client_id"],
        "API_DISCORD_CLIENT_SECRET_FILE": str(secret),
        "API_DISCORD_RETURN_URL": RETURN,
        "API_DISCORD_API_URL": simulator.api,
        "API_DISCORD_PAGE_URL": f"{simulator.pages}/oauth2/authorize",
        "API_DISCORD_SIGN_IN_LIMIT": "1000/hour",
        "API_DISCORD_RIGHTS_SECONDS": "0",
    } | changes


def places_of(guild: dict[str, Any]) -> Places:
    """What the bot sees of a simulated server."""
    return Places(
        text_channels=tuple(
            TextChannel(text_channel_id=int(number), name=name, may_post=name != "welcome")
            for name, number in guild["channels"].items()
            if name not in HIDDEN
        ),
        roles=tuple(
            Role(role_id=int(number), name=name) for name, number in guild["roles"].items() if name != "@everyone"
        ),
    )


def write_servers(dsn: str, guilds: Sequence[dict[str, Any]]) -> None:
    """Write down as the bot does which servers it is in, with their channels and roles."""

    async def write() -> None:
        database = Database(as_role(dsn, "discord_bot"))
        await database.open()
        kept = Guilds(database)
        await kept.keep(
            [Present(guild_id=int(each["guild_id"]), name=each["name"], locale=each["locale"]) for each in guilds]
        )
        await kept.leave_all_but([int(each["guild_id"]) for each in guilds])
        await kept.keep_places({int(each["guild_id"]): places_of(each) for each in guilds})
        await database.close()

    with ThreadPoolExecutor(1) as thread:  # the test itself may be in an event loop, as with Playwright
        thread.submit(lambda: asyncio.run(write())).result()


def rows(dsn: str, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """Run a statement as the owner."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        answer = connection.execute(sql, values)
        return answer.fetchall() if answer.description else []


@dataclass
class Form:
    """A form of a page: where it is sent, and what it holds."""

    action: str
    fields: list[tuple[str, str]]
    names: set[str]

    def filled(self, changes: dict[str, Any]) -> list[tuple[str, str]]:
        """Return what is sent with these fields changed; a list are several of one name."""
        kept = [(name, value) for name, value in self.fields if name not in changes]
        for name, value in changes.items():
            kept += [(name, each) for each in ([value] if isinstance(value, str) else value)]
        return kept


class Forms(HTMLParser):
    """Reads the forms of a page as a browser does: with boxes that are ticked, and what is selected."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._select, self._text = "", ""
        self._options: list[tuple[str, bool]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name, value = found.get("name") or "", found.get("value") or ""
        if tag == "form":
            self.forms.append(Form(found.get("action") or "", [], set()))
        elif tag == "input" and name:
            self._add(name, value, found.get("type") != "checkbox" or "checked" in found)
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "option":
            self._options.append((value, "selected" in found))
        elif tag == "textarea":
            self._select, self._text = name, ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._options:
            chosen = next((value for value, is_chosen in self._options if is_chosen), self._options[0][0])
            self._add(self._select, chosen, True)
        elif tag == "textarea":
            self._add(self._select, self._text, True)

    def _add(self, name: str, value: str, is_sent: bool) -> None:
        self.forms[-1].names.add(name)
        if is_sent:
            self.forms[-1].fields.append((name, value))


class Visitor:
    """A person's browser: it keeps cookies, and follows a redirect only when told to."""

    def __init__(self, site_url: str, discord: DiscordProcess, user_id: str = "") -> None:
        self.http = httpx.Client(base_url=site_url, timeout=20, verify=False)  # certificates take time to read
        self._discord, self.user_id = discord, user_id

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def leave(self) -> str:
        """Begin to sign in; return the address at Discord."""
        sent = self.http.get("/discord/sign-in")
        assert sent.status_code == 303
        return sent.headers["location"]

    def agree(self, address: str, **more: str) -> dict[str, str]:
        """Agree at Discord; return what it sends back."""
        back = self._discord.agree(address, self.user_id, **more)
        assert back.startswith(RETURN)
        return query_of(back)

    def come_back(self, brought: dict[str, str]) -> httpx.Response:
        """Come back with what Discord sent."""
        return self.http.get("/discord/return", params=brought)

    def sign_in(self) -> Self:
        """Sign in."""
        answer = self.come_back(self.agree(self.leave()))
        assert (answer.status_code, answer.headers.get("location")) == (303, "/discord/servers"), answer.text
        return self

    def form(self, page: str, action: str) -> Form:
        """Return a page's form that is sent to an address ending in `action`."""
        answer = self.http.get(page)
        assert answer.status_code == 200, answer.text
        return next(each for each in Forms(answer.text).forms if each.action.endswith(action))

    def send(self, page: str, action: str, **changes: Any) -> httpx.Response:
        """Fill in a page's form and send it; `preview` and `save` are its buttons."""
        form = self.form(page, action)
        return self.http.post(form.action, content=encoded(form.filled(changes)), headers=FORM)

    def save(self, page: str, action: str, **changes: Any) -> str:
        """Send a form that is right; return the page that it leads to."""
        answer = self.send(page, action, **changes)
        assert answer.status_code == 303, problem_of(answer.text) or answer.text
        return self.http.get(answer.headers["location"]).text


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def encoded(pairs: Sequence[tuple[str, str]]) -> bytes:
    """Write a form as a browser sends it."""
    return str(httpx.QueryParams(list(pairs))).encode()


def query_of(address: str) -> dict[str, str]:
    """The query of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query, keep_blank_values=True).items()}


def page_of(server: dict[str, Any]) -> str:
    """The address of a server's settings."""
    return f"/discord/servers/{server['guild_id']}"


def problem_of(page: str) -> str:
    """What a page says is wrong."""
    found = re.search(r'(?s)role="alert"[^>]*>(.*?)</p>', page)
    return found[1].strip() if found else ""


@dataclass(frozen=True)
class BotWorld:
    """A site with its Discord pages, the simulated Discord and Twitch, and servers that the bot is in."""

    site: SiteProcess
    discord: DiscordProcess
    twitch: Simulator
    dsn: str
    folder: Path

    @property
    def servers(self) -> list[dict[str, Any]]:
        """The servers, those with the bot first."""
        return sorted(self.discord.guilds(), key=lambda each: not each["has_bot"])

    def renew(self) -> None:
        """Let the bot write down what Discord has now, and nothing else."""
        rows(self.dsn, "TRUNCATE discord_guilds, discord_streamers, web_sessions CASCADE")
        write_servers(self.dsn, [each for each in self.discord.guilds() if each["has_bot"]])

    def owner_of(self, server: dict[str, Any], url: str = "") -> Visitor:
        """The browser of a server's owner."""
        return Visitor(url or self.site.url, self.discord, server["owner_id"])


@contextmanager
def open_world(dsn: str, folder: Path) -> Iterator[BotWorld]:
    """Start a site with everybody around it."""
    twitch, secret = Simulator(folder), folder / "twitch_secret"
    secret.write_text("simulator")
    flags = ("--guilds", "3", "--other-guilds", "1", "--limit-scale", "1000")
    with DiscordProcess(folder / "discord", *flags) as discord:
        settings = discord_settings(discord, folder) | {
            "TWITCH_CLIENT_ID": "simulator",
            "TWITCH_CLIENT_SECRET_FILE": str(secret),
            "TWITCH_AUTH_URL": f"{twitch.url}/oauth2/",
            "TWITCH_API_URL": f"{twitch.url}/helix/",
            "TWITCH_DEADLINE_SECONDS": "1",
        }
        with SiteProcess(dsn, folder, **settings) as site:
            yield BotWorld(site, discord, twitch, dsn, folder)
    twitch.stop()
