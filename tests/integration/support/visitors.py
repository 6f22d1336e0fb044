"""Visitors of the site: each at an address of its own, with a cookie of its own."""

from typing import Any

import httpx
import psycopg

PARTS = 256  # of an address's number
JSON = {"Accept": "application/json"}


class Visitor:
    """A browser at an address that the tunnel tells the site; all share one client, for speed."""

    def __init__(self, http: httpx.Client, address: str) -> None:
        self._http, self.address = http, address
        self.cookie: str | None = None

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        """Send a request with the cookie; keep the one that comes back."""
        own = {"CF-Connecting-IP": self.address} | ({"Cookie": f"voice={self.cookie}"} if self.cookie else {})
        answer = self._http.request(method, path, headers=own | (headers or {}), **more)
        self._http.cookies.clear()
        if "set-cookie" in answer.headers:
            self.cookie = answer.cookies.get("voice")
        return answer

    def get(self, path: str) -> str:
        """Return a page's text."""
        return self.ask("GET", path).text

    def say(self, moment_id: str, **form: str) -> httpx.Response:
        """Press a button as the page's script does."""
        return self.ask("POST", f"/moments/{moment_id}/verdict", data=form, headers=JSON)


def anywhere(number: int) -> str:
    """Return an address in a network that no other number is in."""
    return f"10.{number // PARTS}.{number % PARTS}.7"


def grade(owner: psycopg.Connection, moment_id: str) -> tuple[int, int]:
    """Return a moment's grade, and the steps of it that verdicts made."""
    row = owner.execute("SELECT grade, verdict_steps FROM moments WHERE moment_id = %s", (moment_id,)).fetchone()
    assert row is not None
    return row[0], row[1]


def voices(owner: psycopg.Connection) -> list[tuple[str, str | None]]:
    """Return what is stored: moment and verdict of each voice."""
    return owner.execute("SELECT moment_id, verdict FROM voices ORDER BY moment_id").fetchall()
