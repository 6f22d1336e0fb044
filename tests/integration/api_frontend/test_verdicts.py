"""Verdicts and hearts without an account: one voice each, bounded, forgotten on demand, never for another site."""

from collections.abc import Callable, Iterator
from itertools import count

import httpx
import psycopg
import pytest
from integration.support.api_frontend_process import Rows, SiteProcess
from integration.support.database import as_role
from integration.support.relay import Relay
from integration.support.visitors import Visitor, anywhere, grade, voices
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from embedded.processes.ports import free_ports
from embedded.servers.redis import Redis
from recorder.database import load_queries
from recorder.erasure import erase

A_DAY = 20  # voices of a network, by default
PRESSES = 60
SETTINGS = {
    "API_PUBLIC_URL": "http://localhost",
    "API_TRUST_CLOUDFLARE": "true",
    "API_SITE_DOMAINS": "localhost",
    "API_PRESS_LIMIT": f"{PRESSES}/hour",
    "API_RATE_LIMIT": "100000/minute",
}
OTHER_CHANNEL = "12"
NewVisitor = Callable[..., Visitor]


@pytest.fixture(scope="module")
def store(postgres_of_module: str) -> Iterator[Rows]:
    rows = Rows(postgres_of_module)
    rows.channel("11", "lunaplays")
    rows.channel(OTHER_CHANNEL, "kraken")
    rows.progress()
    yield rows
    rows.close()


@pytest.fixture(scope="module")
def relay(postgres_of_module: str) -> Relay:
    """The site's way to Postgres."""
    return Relay(free_ports(1)[0], int(str(conninfo_to_dict(postgres_of_module)["port"])))


@pytest.fixture(scope="module")
def counters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    with Redis(tmp_path_factory.mktemp("redis") / "redis") as redis:
        yield redis


@pytest.fixture(scope="module")
def site(
    postgres_of_module: str, store: Rows, relay: Relay, counters: Redis, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SiteProcess]:
    dsn = make_conninfo(postgres_of_module, port=relay.port)
    with SiteProcess(dsn, tmp_path_factory.mktemp("site"), **SETTINGS, **counters.settings()) as site:
        yield site
        assert "Traceback" not in site.log()


@pytest.fixture(scope="module")
def http(site: SiteProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.url, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def visitor(http: httpx.Client) -> NewVisitor:
    """`visitor()`: somebody new, in a network of their own unless an address is given."""
    numbers = count()
    return lambda address=None: Visitor(http, address or anywhere(next(numbers)))


@pytest.fixture
def owner(postgres_of_module: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres_of_module, autocommit=True) as connection:
        yield connection


@pytest.fixture
def moments(store: Rows, owner: psycopg.Connection) -> Rows:
    """Two moments of one grade, the second the newer, one of another channel, and an experimental one."""
    owner.execute("TRUNCATE voices")
    store.delete_moments()
    store.show_everything()
    for name, ago in (("older", 900), ("newer", 600)):
        store.moment(name, ago, revision=3, expected=14.0)
    store.moment("other", 2000, revision=3, expected=400.0, channel_id=OTHER_CHANNEL)
    store.moment("trial", 300, shadow=True)
    return store


def best(http: httpx.Client) -> str:
    return str(http.get("/api/v1/moments?order=best").json()["items"][0]["id"])


@pytest.mark.usefixtures("moments")
def test_verdicts_move_the_best_within_bounds(
    http: httpx.Client, visitor: NewVisitor, owner: psycopg.Connection
) -> None:
    recorded = grade(owner, "older")[0]
    assert best(http) == "newer"
    for number in range(12):
        each = visitor()
        assert each.say("older", verdict="good").json()["verdict"] == "good"
        assert each.say("older", verdict="good").status_code == 200  # again: still one voice
        if number == 0:
            assert grade(owner, "older") == (recorded, 0)  # one voice alone moves nothing
        if number == 1:
            assert grade(owner, "older") == (recorded + 1, 1)
            assert best(http) == "older"
        visitor().say("newer", verdict="not_really")
    assert len(voices(owner)) == 24
    assert (grade(owner, "older"), grade(owner, "newer")) == ((recorded + 4, 4), (recorded - 4, -4))


@pytest.mark.usefixtures("moments")
def test_a_verdict_is_changed_and_taken_back(visitor: NewVisitor, owner: psycopg.Connection) -> None:
    one, other = visitor(), visitor()
    for each in (one, other):
        each.say("older", verdict="not_really")
    assert grade(owner, "older")[1] == -1
    told = one.say("older", verdict="good").json()
    assert told == {"verdict": "good", "saved": False, "counts": "Good one: 1 · Not really: 1"}
    assert grade(owner, "older")[1] == 0
    for each in (one, other):
        assert each.say("older", verdict="none").json()["verdict"] is None
    assert voices(owner) == []


@pytest.mark.usefixtures("moments")
def test_a_cookie_that_was_made_up_is_nobodys(visitor: NewVisitor, owner: psycopg.Connection) -> None:
    one, forger = visitor(), visitor()
    one.say("older", verdict="good")
    assert one.cookie
    for forged in (one.cookie[:-1] + ("A" if one.cookie[-1] != "A" else "Q"), "X" + one.cookie[1:], "made.up.here"):
        forger.cookie = forged
        assert "You have not said anything" in forger.get("/moments/older/verdict")
        assert "Nothing is saved yet" in forger.get("/saved")
        forger.say("older", verdict="not_really")
        assert forger.cookie not in (forged, one.cookie)
    assert len(voices(owner)) == 4
    assert "You say: good one." in one.get("/moments/older/verdict")


@pytest.mark.usefixtures("moments")
def test_a_form_needs_no_script_and_saved_lists_ones_own(visitor: NewVisitor) -> None:
    one, other = visitor(), visitor()
    assert 'value="good"' in one.get("/moments/older")
    assert one.cookie is None
    sent = one.ask("POST", "/moments/older/verdict", data={"saved": "1"})
    assert (sent.status_code, sent.headers["location"]) == (303, "/moments/older/verdict")
    cookie = sent.headers["set-cookie"].lower()
    assert all(part in cookie for part in ("httponly", "samesite=lax", "max-age=31536000"))
    page = one.ask("GET", sent.headers["location"])
    assert "It is among what you saved." in page.text
    assert page.headers["cache-control"] == "no-store"
    one.ask("POST", "/moments/newer/verdict", data={"verdict": "good"})
    mine = one.get("/saved")
    assert mine.index('id="m-older"') < mine.index("What you called a good one") < mine.index('id="m-newer"')
    assert "Nothing is saved yet" in other.get("/saved")


@pytest.mark.usefixtures("moments")
def test_what_a_browser_kept_is_carried_over_and_moves_no_grade(visitor: NewVisitor, owner: psycopg.Connection) -> None:
    for _ in range(3):
        each = visitor()
        sent = each.ask("POST", "/saved/carry", data={"ids": "newer,older,newer,nowhere,,trial"})
        assert sent.status_code == 204
        page = each.get("/saved")
        assert page.index('id="m-newer"') < page.index('id="m-older"')  # in the browser's order
        assert "m-trial" not in page
    assert (grade(owner, "older")[1], grade(owner, "newer")[1]) == (0, 0)


@pytest.mark.usefixtures("moments")
def test_everything_is_deleted_on_demand(visitor: NewVisitor, owner: psycopg.Connection) -> None:
    one, other = visitor(), visitor()
    for each in (one, other):
        each.say("older", saved="1")
    assert grade(owner, "older")[1] == 1
    gone = one.ask("POST", "/saved/forget")
    assert (gone.status_code, one.cookie) == (303, None)
    assert "Nothing is saved yet" in one.get("/saved")
    assert grade(owner, "older")[1] == 0
    assert "m-older" in other.get("/saved")


@pytest.mark.usefixtures("moments")
def test_a_network_has_20_voices_a_day(visitor: NewVisitor, owner: psycopg.Connection) -> None:
    for number in range(A_DAY):
        each = visitor(f"198.51.100.{number}")
        assert each.say("older", verdict="good").status_code == 200
        if not number:
            assert each.say("older", verdict="not_really").status_code == 200  # the same voice
    before = grade(owner, "older")
    for address in ("198.51.100.200", "::ffff:198.51.100.201"):
        more = visitor(address)
        refused = more.say("older", verdict="good")
        assert (refused.status_code, int(refused.headers["retry-after"]) > 3600) == (429, True)
        assert "Your network has given as many verdicts" in refused.text
        assert more.say("older", saved="1").json()["saved"] is True  # a heart is saved, and moves nothing
    assert grade(owner, "older") == before
    assert visitor("198.51.101.9").say("newer", verdict="good").status_code == 200  # the next /24


@pytest.mark.usefixtures("moments")
def test_a_64_is_one_network(visitor: NewVisitor) -> None:
    for number in range(A_DAY):
        assert visitor(f"2001:db8:0:1:{number:x}::1").say("older", verdict="good").status_code == 200
    assert visitor("2001:db8:0:1:ffff::2").say("older", verdict="good").status_code == 429
    assert visitor("2001:db8:0:2::1").say("older", verdict="good").status_code == 200


def test_presses_are_limited_too_by_client(visitor: NewVisitor) -> None:
    address = "203.0.113.9"
    answers = {visitor(address).say("nowhere", saved="1").status_code for _ in range(PRESSES)}
    assert answers == {404}
    refused = visitor(f"::ffff:{address}").say("nowhere", saved="1")  # what an IPv6 socket calls it
    assert (refused.status_code, 0 < int(refused.headers["retry-after"]) <= 3600) == (429, True)
    assert visitor("203.0.113.10").say("nowhere", saved="1").status_code == 404


@pytest.mark.usefixtures("moments")
def test_what_makes_no_sense_is_refused(visitor: NewVisitor, owner: psycopg.Connection) -> None:
    one = visitor()
    assert one.say("nowhere", verdict="good").status_code == 404
    assert one.say("trial", verdict="good").status_code == 404
    assert one.say("older", verdict="great").status_code == 422
    assert voices(owner) == []


@pytest.mark.usefixtures("moments")
@pytest.mark.parametrize("foreign", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}])
def test_another_site_cannot_press(visitor: NewVisitor, owner: psycopg.Connection, foreign: dict[str, str]) -> None:
    one = visitor()
    one.say("older", verdict="good")
    for path in ("/moments/older/verdict", "/saved/carry", "/saved/forget", "/api/v1/moments/older/verdicts"):
        assert one.ask("POST", path, data={"verdict": "none", "saved": "1"}, headers=foreign).status_code == 403
    assert voices(owner) == [("older", "good")]


def test_a_hidden_moment_takes_no_voice(moments: Rows, visitor: NewVisitor, owner: psycopg.Connection) -> None:
    one = visitor()
    one.say("older", saved="1")
    moments.hide("older")
    assert one.say("older", verdict="good").status_code == 404
    assert voices(owner) == [("older", None)]
    assert "m-older" not in one.get("/saved")


def test_an_opt_out_takes_no_voice_and_erases_those_there_are(
    moments: Rows, visitor: NewVisitor, owner: psycopg.Connection, postgres_of_module: str
) -> None:
    one = visitor()
    for moment_id in ("older", "other"):
        one.say(moment_id, verdict="good", saved="1")
    moments.opt_out("11")
    assert one.say("older", verdict="not_really").status_code == 404
    saved = one.get("/saved")
    assert ("m-older" in saved, "m-other" in saved) == (False, True)
    with psycopg.connect(as_role(postgres_of_module, "recorder"), autocommit=True) as connection:
        assert erase(connection, load_queries())["voices"] == 1
    assert voices(owner) == [("other", "good")]


@pytest.mark.usefixtures("moments")
def test_voices_are_taken_and_limited_while_redis_is_away(visitor: NewVisitor, counters: Redis) -> None:
    counters.stop()
    for number in range(A_DAY):
        assert visitor(f"192.0.2.{number}").say("older", verdict="good").status_code == 200
    assert visitor("192.0.2.99").say("older", verdict="good").status_code == 429
    counters.start()


@pytest.mark.usefixtures("moments")
def test_a_visitor_is_told_while_postgres_is_away(visitor: NewVisitor, relay: Relay, owner: psycopg.Connection) -> None:
    one = visitor()
    one.say("newer", verdict="good")
    relay.cut()
    refused = one.say("older", verdict="good")
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "10")
    assert "cannot be read at present" in refused.text
    relay.mend()
    assert voices(owner) == [("newer", "good")]
