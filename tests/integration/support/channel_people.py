"""A channel's own people between the site, a real Postgres and the simulated Twitch: their browsers."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import httpx
import psycopg
from integration.support.api_frontend_process import SiteProcess
from integration.support.channel_rows import ChannelRows
from integration.support.clip_creator_process import Simulator

from contracts.metrics import Metric

RETURN = "http://site.example/channels/sign-in/return"
STREAM_SECONDS = 3600  # of a recording


def consent_settings(url: str, folder: Path, **changes: str) -> dict[str, str]:
    """The settings of a site whose streamers sign in at the simulator, which answers at this address."""
    secret, key = folder / "client_secret", folder / "consent_key"
    secret.write_text("simulator")
    if not key.exists():
        key.write_text(secrets.token_hex(32))
    return {
        "TWITCH_CLIENT_ID": "simulator",
        "TWITCH_CLIENT_SECRET_FILE": str(secret),
        "TWITCH_AUTH_URL": f"{url}/oauth2/",
        "TWITCH_API_URL": f"{url}/helix/",
        "TWITCH_DEADLINE_SECONDS": "1",
        "API_CONSENT_KEY_FILE": str(key),
        "API_CONSENT_RETURN_URL": RETURN,
        "API_CONSENT_SIGN_IN_LIMIT": "1000/hour",
        "API_CONSENT_CHANGE_LIMIT": "1000/hour",
        "API_CONSENT_RIGHTS_SECONDS": "0",
        "API_SIGN_IN_RETURN_URL": "http://site.example/channels/opt-out/return",
        "API_CONSENT_GIVE_UP_SECONDS": "3",
    } | changes


def query_of(address: str) -> dict[str, str]:
    """The query of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query, keep_blank_values=True).items()}


class Person:
    """A person's browser: it keeps cookies, and follows a redirect only when told to."""

    def __init__(self, site: str, login: str) -> None:
        self.http, self.login = httpx.Client(base_url=site, timeout=30), login

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def go_to_twitch(self, channel: str, role: str = "streamer", **answers: str) -> dict[str, str]:
        """Begin at a channel's page, and answer on Twitch's; return what Twitch sends back."""
        sent = self.http.get(f"/channels/{channel}/yours/sign-in", params={"as": role})
        assert sent.status_code == 303, sent.text
        back = httpx.get(sent.headers["location"], params=query_of(sent.headers["location"]) | answers)
        assert back.status_code == 302, back.text
        assert back.headers["location"].startswith(RETURN)
        return query_of(back.headers["location"])

    def come_back(self, brought: dict[str, str]) -> httpx.Response:
        """Come back with what Twitch sent."""
        return self.http.get("/channels/sign-in/return", params=brought)

    def sign_in(self, channel: str = "", role: str = "streamer") -> Self:
        """Sign in for a channel, one's own unless another is named."""
        channel = channel or self.login
        answer = self.come_back(self.go_to_twitch(channel, role, login=self.login))
        assert (answer.status_code, answer.headers["location"]) == (303, f"/channels/{channel}/yours"), answer.text
        return self

    def page(self, channel: str = "", **query: str) -> str:
        """The channel's page for its own people."""
        answer = self.http.get(f"/channels/{channel or self.login}/yours", params=query)
        assert answer.status_code == 200, answer.text
        return answer.text

    def csrf(self, channel: str = "") -> str:
        """What a form of the page brings back."""
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.page(channel))
        assert found
        return found[1]

    def press(self, act: str, channel: str = "", **fields: str) -> httpx.Response:
        """Send a form of the page."""
        channel = channel or self.login
        form = {"csrf": self.csrf(channel)} | fields
        return self.http.post(f"/channels/{channel}/yours/{act}", data=form)

    def done(self, act: str, channel: str = "", **fields: str) -> str:
        """Send a form, and return what the next page says was done."""
        answer = self.press(act, channel, **fields)
        assert answer.status_code == 303, answer.text
        page = self.http.get(answer.headers["location"]).text
        found = re.search(r'<p class="said" role="status">(.*?)</p>', page)
        return found[1].replace("’", "'") if found else ""


@dataclass(frozen=True)
class PeopleWorld:
    """A site, the simulated Twitch, and rows as the recorder writes them."""

    site: SiteProcess
    twitch: Simulator
    rows: ChannelRows
    dsn: str
    folder: Path

    def person(self, login: str) -> Person:
        """A person's browser."""
        return Person(self.site.url, login)

    def logins(self) -> list[str]:
        """All channels of the simulated Twitch."""
        return list(self.twitch.logins.values())

    def id_of(self, login: str) -> str:
        """A channel's id."""
        return next(each for each, name in self.twitch.logins.items() if name == login)

    def night(self, login: str, *moments: str, clip: str = "too_late") -> dict[str, Any]:
        """A stream of an hour that just ended, with its recording and moments without a clip; return its ids."""
        archive = self.twitch.order("archive", login=login, seconds=STREAM_SECONDS)
        channel_id = self.id_of(login)
        for number, moment_id in enumerate(moments):
            crossed_at = archive["started_at"] + 600_000 * (number + 1)
            ago = (archive["until_at"] - crossed_at) / 1000
            self.rows.moment(
                moment_id, ago, revision=3, channel_id=channel_id, stream_id=archive["stream_id"],
                stream_started_at=archive["started_at"],
            )  # fmt: skip
            if clip:
                self.rows.clip(moment_id, clip)
        return archive

    def sql(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a statement as the owner."""
        return rows_of(self.dsn, sql, *values)

    def own_clip(self, moment_id: str) -> tuple[str, str]:
        """The state and the reason of a clip that was asked for."""
        found = self.sql("SELECT state, reason FROM own_clips WHERE moment_id = %s", moment_id)
        return (found[0][0], found[0][1]) if found else ("", "")

    def counted(self, metric: Metric, outcome: str) -> float:
        """How often the site has counted an outcome; NaN where it does not count it."""
        told = httpx.get(f"http://127.0.0.1:{self.site.metrics_port}/metrics").text
        found = re.search(rf'^{metric.name}{{outcome="{outcome}"}} (.*)$', told, re.MULTILINE)
        return float(found[1]) if found else nan

    def clip_status(self, moment_id: str) -> str:
        """What the site shows of a moment's clip."""
        found = self.sql("SELECT status FROM visible_clips WHERE moment_id = %s", moment_id)
        return found[0][0] if found else ""


def rows_of(dsn: str, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """Run a statement as the owner of the database."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        answer = connection.execute(sql, values)  # type: ignore[call-overload]
        return answer.fetchall() if answer.description else []


@contextmanager
def open_people(dsn: str, twitch: Simulator, folder: Path, **settings: str) -> Iterator[PeopleWorld]:
    """Start a site for a channel's own people."""
    rows = ChannelRows(dsn)
    for channel_id, login in twitch.logins.items():
        rows.watched(channel_id, login)
    rows.progress()
    with SiteProcess(dsn, folder, **consent_settings(twitch.url, folder, **settings)) as site:
        yield PeopleWorld(site, twitch, rows, dsn, folder)
    rows.close()
