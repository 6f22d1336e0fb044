"""A visitor of the simulated Discord, by its pages alone."""

import re
from html import unescape

import httpx

from embedded.processes.waiting import wait_for

SECONDS = 30.0


class DiscordVisitor:
    """Looks at one server through its owner's eyes."""

    def __init__(self, pages: str, server: str) -> None:
        self._http = httpx.Client(base_url=pages, timeout=SECONDS, follow_redirects=True, trust_env=False)
        (path,) = re.findall(
            rf'href="(/servers/\d+)"(?:(?!href).)*<b>{server}</b>', self._http.get("/").text, re.DOTALL
        )
        self._path = path

    def _address(self, channel: str, then: str = "") -> str:
        found = re.findall(r'href="([^"]+)">#&hairsp;([\w-]+)<', self._http.get(self._path).text)
        address = {name: unescape(href) for href, name in found}[channel]
        base, _, query = address.partition("?")
        return f"{base}{then}?{query}"

    def shown(self, channel: str) -> list[str]:
        """Return the messages of a channel as HTML."""
        html = self._http.get(self._address(channel, "/messages")).raise_for_status().text
        return re.findall(r"<article.*?</article>", html, re.DOTALL)

    def type(self, channel: str, text: str) -> str:
        """Write a message or a command; return what the channel's last message is then, once nobody is thinking."""
        self._http.post(self._address(channel, "/write"), data={"text": text}).raise_for_status()
        return self._last(channel)

    def _last(self, channel: str) -> str:
        def answered() -> str | None:
            last = self.shown(channel)[-1]
            return None if "is thinking" in last else last

        return str(wait_for("the bot's answer", answered, SECONDS))

    def suggestions(self, channel: str, text: str) -> list[str]:
        """Return what is offered for a half-typed command."""
        address = self._address(channel, "/suggest")
        rows = self._http.get(address, params={**httpx.URL(address).params, "text": text}).json()
        return [str(row["name"]) for row in rows]

    def press(self, channel: str, label: str) -> str:
        """Press the last button with this label; return the channel's last message once the bot has changed it."""
        before = self.shown(channel)
        html = "".join(before)
        found = re.findall(
            r'name="message_id" value="(\d+)"(?:(?!</form>).)*?name="custom_id" value="([^"]+)"(?! disabled)[^>]*>\s*'
            + re.escape(label),
            html,
            re.DOTALL,
        )
        message_id, custom_id = found[-1]
        data = {"message_id": message_id, "custom_id": unescape(custom_id)}
        self._http.post(self._address(channel, "/press"), data=data).raise_for_status()
        wait_for("the press is answered", lambda: self.shown(channel) != before, SECONDS)
        return self._last(channel)
