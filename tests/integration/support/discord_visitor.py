"""People's browsers on the Discord pages of the site: they sign in at the simulated Discord, and fill in forms."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import httpx

from discord_simulator.process import DiscordProcess

RETURN = "http://site.example/discord/return"


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
