"""A streamer signs in with Twitch, which the simulator plays, and opts out; nobody else can."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import psycopg
import pytest
from integration.support.api_frontend_process import SiteProcess
from integration.support.channel_rows import ChannelRows
from integration.support.clip_creator_process import Simulator
from integration.support.database import as_role
from itsdangerous import URLSafeTimedSerializer

from api_frontend.sign_in import STATE_SECONDS
from embedded.processes.ports import free_ports
from stream_monitoring.channels.watch_list import PostgresList

RETURN = "http://site.example/channels/opt-out/return"
PAGE = "/channels/opt-out"


def signing_in(twitch: Simulator, folder: Path, **changes: str) -> dict[str, str]:
    """The settings of a site whose streamers sign in at the simulator."""
    secret = folder / "client_secret"
    secret.write_text("simulator")
    return {
        "TWITCH_CLIENT_ID": "simulator",
        "TWITCH_CLIENT_SECRET_FILE": str(secret),
        "TWITCH_AUTH_URL": f"{twitch.url}/oauth2/",
        "TWITCH_DEADLINE_SECONDS": "2",
        "API_SIGN_IN_RETURN_URL": RETURN,
        "API_ASK_LIMIT": "100/hour",
    } | changes


@pytest.fixture(scope="module")
def rows(postgres_of_module: str, twitch: Simulator) -> Iterator[ChannelRows]:
    rows = ChannelRows(postgres_of_module)
    for channel_id, login in twitch.logins.items():
        rows.watched(channel_id, login)
    rows.progress()
    yield rows
    rows.close()


@pytest.fixture(scope="module")
def site(
    postgres_of_module: str, rows: ChannelRows, twitch: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SiteProcess]:
    folder = tmp_path_factory.mktemp("site")
    with SiteProcess(postgres_of_module, folder, **signing_in(twitch, folder)) as site:
        yield site


class Browser:
    """A streamer's browser: it keeps cookies, and follows a redirect only when told to."""

    def __init__(self, site: SiteProcess, twitch: Simulator) -> None:
        self.http, self._twitch = httpx.Client(base_url=site.url, timeout=20), twitch

    def go_to_twitch(self, **answers: str) -> dict[str, str]:
        """Begin, and answer on Twitch's page; return what Twitch sends back."""
        sent = self.http.get(f"{PAGE}/sign-in")
        assert sent.status_code == 303
        back = httpx.get(sent.headers["location"], params=parse_qs_flat(sent.headers["location"]) | answers)
        assert back.status_code == 302, back.text
        assert back.headers["location"].startswith(RETURN)
        return parse_qs_flat(back.headers["location"])

    def come_back(self, brought: dict[str, str]) -> httpx.Response:
        """Come back with what Twitch sent."""
        return self.http.get(f"{PAGE}/return", params=brought)

    def sign_in(self, login: str) -> httpx.Response:
        """Sign in with a channel; return the page that asks for confirmation."""
        answer = self.come_back(self.go_to_twitch(login=login))
        assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
        return self.http.get(PAGE)

    def confirm(self) -> httpx.Response:
        """Press the button."""
        return self.http.post(PAGE)


def parse_qs_flat(address: str) -> dict[str, str]:
    """The query of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query, keep_blank_values=True).items()}


@pytest.fixture
def browser(site: SiteProcess, twitch: Simulator) -> Iterator[Browser]:
    browser = Browser(site, twitch)
    yield browser
    browser.http.close()


def opted_out(dsn: str) -> set[str]:
    """Who has opted out."""
    with psycopg.connect(dsn) as connection:
        return {row[0] for row in connection.execute("SELECT channel_id FROM opted_out")}


def test_a_streamer_opts_out_and_is_gone_at_once(
    browser: Browser, twitch: Simulator, rows: ChannelRows, postgres_of_module: str
) -> None:
    channel_id, login = next(iter(twitch.logins.items()))
    rows.moment("own1", 60, channel_id=channel_id, revision=3)
    assert browser.http.get(f"/channels/{login}").status_code == 200
    assert login in browser.http.get(f"/channels?q={login}").text
    assert "Sign in with Twitch" in browser.http.get(PAGE).text
    page = browser.sign_in(login).text
    assert f'<bdi class="name">{login}</bdi>' in page
    assert "Stop reading my channel and delete what is kept" in page
    assert channel_id not in opted_out(postgres_of_module)  # nothing before the confirmation
    done = browser.confirm()
    assert done.status_code == 200
    assert "Your channel is opted out" in done.text
    assert channel_id in opted_out(postgres_of_module)
    assert browser.http.get(f"/channels/{login}").status_code == 404
    assert browser.http.get("/moments/own1").status_code == 404
    assert f'href="/channels/{login}"' not in browser.http.get(f"/channels?q={login}").text
    reads = PostgresList(as_role(postgres_of_module, "stream_monitoring")).read_opt_outs()  # what capture asks
    assert reads[channel_id].is_out
    assert reads[channel_id].login == login


def test_who_was_let_back_in_may_opt_out_again(
    browser: Browser, twitch: Simulator, rows: ChannelRows, postgres_of_module: str
) -> None:
    channel_id, login = list(twitch.logins.items())[1]
    rows.run("INSERT INTO opt_outs VALUES (%s, '', false, now() - interval '1 day', now())", channel_id)
    browser.sign_in(login)
    assert browser.confirm().status_code == 200
    with psycopg.connect(postgres_of_module) as connection:
        sql = "SELECT is_out, login, cleared_for, changed_at > now() - interval '1 min' FROM opt_outs"
        found = connection.execute(f"{sql} WHERE channel_id = %s", (channel_id,)).fetchone()
    assert found == (True, login, None, True)


def test_a_channel_that_was_never_watched_may_opt_out(browser: Browser, twitch: Simulator, rows: ChannelRows) -> None:
    channel_id, login = list(twitch.logins.items())[2]
    rows.run("DELETE FROM channels WHERE channel_id = %s", channel_id)
    rows.run("DELETE FROM watched_channels WHERE channel_id = %s", channel_id)
    browser.sign_in(login)
    assert "Your channel is opted out" in browser.confirm().text


def test_nobody_opts_out_a_channel_of_somebody_else(
    browser: Browser, site: SiteProcess, twitch: Simulator, postgres_of_module: str
) -> None:
    before = opted_out(postgres_of_module)
    (own_id, own), (other_id, other) = list(twitch.logins.items())[3:5]
    assert browser.confirm().status_code == 403  # without a sign-in
    browser.sign_in(own)
    mine = browser.http.cookies["opt_out_streamer"]
    forged = URLSafeTimedSerializer(b"guessed", salt="streamer").dumps([other_id, other])
    for cookie in (forged, mine[:-4] + "AAAA", forged.split(".")[0] + "." + mine.split(".", 1)[1], "", "é"):
        headers = [(b"Cookie", f"opt_out_streamer={cookie}".encode())]
        assert httpx.post(f"{site.url}{PAGE}", headers=headers).status_code == 403
    named = browser.http.post(f"{PAGE}?channel_id={other_id}", data={"channel_id": other_id, "login": other})
    assert named.status_code == 200  # what the form says does not matter
    assert opted_out(postgres_of_module) - before == {own_id}


def test_a_page_of_another_site_cannot_press_the_button(
    browser: Browser, twitch: Simulator, postgres_of_module: str
) -> None:
    channel_id, login = list(twitch.logins.items())[5]
    browser.sign_in(login)
    assert browser.http.post(PAGE, headers={"Origin": "https://evil.example"}).status_code == 403
    assert browser.http.get(PAGE).status_code == 200
    assert channel_id not in opted_out(postgres_of_module)


def test_a_forged_or_strange_state_is_refused(browser: Browser, site: SiteProcess, twitch: Simulator) -> None:
    brought = browser.go_to_twitch(login=twitch.logins[twitch.channels[6]])
    for state in ("", "forged", brought["state"] + "x", "ü", "x" * 400):
        answer = browser.come_back(brought | {"state": state})
        assert answer.status_code == 400
        assert "This sign-in did not start here." in answer.text
    stranger = Browser(site, twitch)  # a link with somebody's code and state, sent to another browser
    assert stranger.come_back(brought).status_code == 400
    stranger.http.cookies.set("opt_out_state", URLSafeTimedSerializer(b"guessed", salt="state").dumps(brought["state"]))
    assert stranger.come_back(brought).status_code == 400
    stranger.http.close()
    assert browser.come_back(brought).status_code == 303  # it was not used up by the attempts
    assert browser.come_back(brought).status_code == 400  # and counts once


def test_who_refuses_at_twitch_changes_nothing(browser: Browser, twitch: Simulator, postgres_of_module: str) -> None:
    before = opted_out(postgres_of_module)
    brought = browser.go_to_twitch(deny="1")
    assert brought["error"] == "access_denied"
    page = browser.come_back(brought)
    assert page.status_code == 200
    assert "You did not sign in, so nothing was changed." in page.text
    assert browser.confirm().status_code == 403
    assert opted_out(postgres_of_module) == before


def test_a_code_that_twitch_does_not_know_signs_nobody_in(browser: Browser, twitch: Simulator) -> None:
    brought = browser.go_to_twitch(login=twitch.logins[twitch.channels[7]])
    answer = browser.come_back(brought | {"code": "made-up"})
    assert answer.status_code == 502
    assert "Twitch did not confirm the sign-in." in answer.text
    assert browser.confirm().status_code == 403


def test_cookies_are_short_lived_and_closed_to_scripts(browser: Browser, twitch: Simulator) -> None:
    sent = browser.http.get(f"{PAGE}/sign-in")
    query = parse_qs_flat(sent.headers["location"])
    back = httpx.get(sent.headers["location"], params=query | {"login": twitch.logins[twitch.channels[8]]})
    returned = browser.come_back(parse_qs_flat(back.headers["location"]))
    secure = browser.http.get(f"{PAGE}/sign-in", headers={"X-Forwarded-Proto": "https"})
    for answer, name, seconds in ((sent, "opt_out_state", STATE_SECONDS), (returned, "opt_out_streamer", 300)):
        cookie = next(each for each in answer.headers.get_list("set-cookie") if each.startswith(f"{name}="))
        assert {f"Max-Age={seconds}", "HttpOnly", "SameSite=lax", f"Path={PAGE}"} <= set(cookie.split("; "))
    assert "Secure" in secure.headers["set-cookie"]
    assert query["scope"] == ""
    assert query["redirect_uri"] == RETURN


def test_attempts_are_limited(postgres_of_module: str, rows: ChannelRows, twitch: Simulator, tmp_path: Path) -> None:
    settings = signing_in(twitch, tmp_path, API_ASK_LIMIT="1/hour")
    with SiteProcess(postgres_of_module, tmp_path, **settings) as site:
        browser = Browser(site, twitch)
        login = twitch.logins[twitch.channels[9]]
        attempts = [browser.come_back(browser.go_to_twitch(login=login) | {"code": "x"}) for _ in range(2)]
        assert [answer.status_code for answer in attempts] == [502, 429]
        browser.http.close()


def test_a_twitch_that_does_not_answer_is_told(
    postgres_of_module: str, rows: ChannelRows, twitch: Simulator, tmp_path: Path
) -> None:
    (nobody,) = free_ports(1)
    settings = signing_in(twitch, tmp_path, TWITCH_AUTH_URL=f"http://127.0.0.1:{nobody}/oauth2/")
    with (
        SiteProcess(postgres_of_module, tmp_path, **settings) as site,
        httpx.Client(base_url=site.url, timeout=20) as http,
    ):
        sent = http.get(f"{PAGE}/sign-in")
        state = parse_qs_flat(sent.headers["location"])["state"]
        answer = http.get(f"{PAGE}/return", params={"state": state, "code": "any"})
        assert answer.status_code == 502
        assert "Please try again in a minute." in answer.text


@pytest.mark.parametrize(
    ("contact", "said"),
    [
        ("privacy@example.org", '<a href="mailto:privacy@example.org">privacy@example.org</a>'),
        ("https://example.org/write", '<a href="https://example.org/write" rel="noopener">'),
        ("", "Write to the operator of this site"),
    ],
)
def test_without_credentials_the_page_says_whom_to_write_to(
    postgres_of_module: str, rows: ChannelRows, tmp_path: Path, contact: str, said: str
) -> None:
    with SiteProcess(postgres_of_module, tmp_path, API_CONTACT=contact) as site:
        page = httpx.get(f"{site.url}{PAGE}").text
        assert said in page
        assert "Sign in with Twitch" not in page
        assert httpx.get(f"{site.url}{PAGE}/sign-in").status_code == 404
        assert httpx.post(f"{site.url}{PAGE}").status_code == 404
