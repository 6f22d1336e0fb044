"""With credentials: the list in Postgres, the joined channels, the streams' changes; and what fails on the way."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from integration.support.database import administer, as_role
from integration.support.stream_monitoring_process import DEADLINE, Follower, MonitoringProcess
from psycopg.conninfo import conninfo_to_dict

from contracts import topics
from embedded.processes.waiting import wait_for
from twitch_simulator.process import SimulatorProcess

CHANNELS, TOP = 10, 4
INSTANCE = "chooses"
NOT_UPDATED = "chooser: list not updated"
FAULTS: dict[str, dict[str, Any]] = {
    "unavailable": {"status": 500},
    "rate_limited": {"status": 429},
    "wrong_shape": {"status": 200, "body": {"data": [{"id": 7}], "pagination": []}},
}


class Watching:
    """The service with a simulator that orders its channels by viewers, and a database of its own."""

    def __init__(self, folder: Path, twitch: SimulatorProcess, bootstrap_servers: str, dsn: str) -> None:
        self.twitch, self.dsn = twitch, dsn
        self.lifecycle = Follower(bootstrap_servers, topics.STREAM_LIFECYCLE)
        self.ids = {each["login"]: each["channel_id"] for each in twitch.state()["channels"]}
        self.logins = list(self.ids)
        for rank, login in enumerate(self.logins):
            twitch.order("stream", login=login, viewer_count=1000 * (CHANNELS - rank))
        self.pinned = self.logins[-1]
        self.top = self.logins[:TOP]
        self.best = 100_000
        secret = folder / "secret"
        secret.write_text("simulator\n")
        self.service = MonitoringProcess(
            folder / "service.log",
            folder / "spool",
            twitch,
            bootstrap_servers,
            POSTGRES_DSN=as_role(dsn, "chooser"),
            TWITCH_API_URL=f"{twitch.url}/helix/",
            TWITCH_AUTH_URL=f"{twitch.url}/oauth2/",
            TWITCH_CLIENT_ID="simulator",
            TWITCH_CLIENT_SECRET_FILE=str(secret),
            TWITCH_DEADLINE_SECONDS="1.5",
            MONITORING_INSTANCE=INSTANCE,
            MONITORING_PINNED_CHANNELS=self.pinned,
            MONITORING_TOP_CHANNELS=str(TOP),
            MONITORING_CHOOSE_SECONDS="1",
            MONITORING_POLL_SECONDS="1",
            MONITORING_OVER_SECONDS="3",
            MONITORING_KEEP_SEAT_SECONDS="3",
        )

    def listed(self) -> dict[str, str]:
        """Return login to reason, as Postgres has them."""
        with psycopg.connect(self.dsn) as connection:
            return dict(connection.execute("SELECT login, reason FROM watched_channels").fetchall())

    def joined(self) -> set[str]:
        """Return the channels that the service reads."""
        return {login for socket in self.twitch.state()["sockets"] for login in socket["channels"]}

    def expected(self) -> dict[str, str]:
        """Return the list as it must be."""
        return dict.fromkeys(self.top, "top") | {self.pinned: "pinned"}

    def settle(self) -> None:
        """Wait until the list and the joined channels are as they must be."""
        wait_for("the list in Postgres", lambda: self.listed() == self.expected(), DEADLINE)
        wait_for("the channels", lambda: self.joined() == set(self.expected()), DEADLINE)

    def overtake(self) -> None:
        """Give a channel that is not on the list the most viewers: the last one loses its seat."""
        newcomer = next(login for login in self.logins if login not in self.expected())
        self.best += 1000
        self.twitch.order("stream", login=newcomer, viewer_count=self.best)
        self.top = [newcomer, *self.top[:-1]]

    def rename(self, login: str) -> None:
        """Give the pinned channel another login."""
        self.twitch.order("rename", login=self.pinned, new_login=login)
        self.ids[login] = self.ids[self.pinned]
        self.logins[self.logins.index(self.pinned)] = login
        self.pinned = login

    def records_of(self, login: str) -> list[dict[str, Any]]:
        """Return the lifecycle records of a channel, in their order."""
        own = [each for each in self.lifecycle.values("lifecycle") if each["instance"] == INSTANCE]
        return [each for each in own if each["channel_id"] == self.ids[login]]

    def failed(self, outcome: str) -> float:
        """Return how many requests about streams ended so."""
        return self.service.measured("twitch_requests_total", endpoint="streams", outcome=outcome)


@pytest.fixture(scope="module")
def watching(tmp_path_factory: pytest.TempPathFactory, kafka: str, postgres_of_module: str) -> Iterator[Watching]:
    folder = tmp_path_factory.mktemp("channels")
    flags = ["--channels", str(CHANNELS), "--messages-per-second", "20", "--bursts-per-minute", "0", "--seed", "71"]
    with SimulatorProcess(folder / "truth", *flags) as twitch:
        world = Watching(folder, twitch, kafka, postgres_of_module)
        world.service.start()
        yield world
        world.service.end()
        world.lifecycle.close()


def test_top_and_pinned_channels_are_listed_and_joined(watching: Watching) -> None:
    """And a channel that gets more viewers takes the seat of another."""
    watching.settle()
    wait_for("ready", watching.service.ready, DEADLINE)
    watching.overtake()
    watching.settle()


def test_a_streams_begin_title_change_and_end_are_reported(watching: Watching) -> None:
    watching.settle()
    login = watching.pinned
    (stream,) = watching.twitch.helix("streams", user_login=login).json()["data"]
    (online,) = wait_for("the stream's beginning", lambda: watching.records_of(login), DEADLINE)
    assert online["event"] == "online"
    assert (online["stream_id"], online["login"], online["display_name"]) == (
        stream["id"],
        stream["user_login"],
        stream["user_name"],
    )
    for name in ("title", "game_id", "game_name", "language", "viewer_count"):
        assert online[name] == stream[name]
    assert online["stream_started_at"] > 0
    watching.twitch.order("stream", login=login, title="A new title")
    wait_for("the new title", lambda: len(watching.records_of(login)) > 1, DEADLINE)
    watching.twitch.order("stream", login=login, live=False)
    wait_for("the stream's end", lambda: len(watching.records_of(login)) > 2, DEADLINE)
    records = watching.records_of(login)
    assert [each["event"] for each in records] == ["online", "update", "offline"]
    assert records[1]["title"] == "A new title"
    assert records[2]["stream_id"] == stream["id"]
    assert sorted(each["sent_at"] for each in records) == [each["sent_at"] for each in records]


@pytest.mark.parametrize("outcome", list(FAULTS))
def test_the_list_stays_while_helix_fails(watching: Watching, outcome: str) -> None:
    """And is updated again afterwards."""
    watching.settle()
    before, rounds = watching.failed(outcome), watching.service.log_text().count(NOT_UPDATED)
    watching.twitch.order("helix_fault", endpoint="streams", count=1000, **FAULTS[outcome])
    watching.overtake()
    wait_for("it counted", lambda: watching.failed(outcome) > before, DEADLINE)
    wait_for("it logged", lambda: watching.service.log_text().count(NOT_UPDATED) >= rounds + 2, DEADLINE)
    assert watching.listed() != watching.expected()
    assert len(watching.joined()) == TOP + 1
    assert watching.service.ready()
    watching.twitch.order("helix_fault", endpoint="streams", count=0)
    watching.settle()


def test_a_stream_is_reported_while_other_names_are_unknown(watching: Watching) -> None:
    """The answer to one request must not be lost when another fails."""
    watching.settle()
    away = watching.logins[-2]  # was never on the list
    watching.service.end()
    watching.twitch.order("stream", login=away, live=False)
    watching.service.environment["MONITORING_PINNED_CHANNELS"] = f"{watching.pinned},{away}"
    watching.twitch.order("stream", login=watching.pinned, live=True, title="Back again")
    watching.twitch.order("helix_fault", endpoint="users", count=1000)
    watching.service.start()

    def begun() -> list[str]:
        return [each["title"] for each in watching.records_of(watching.pinned) if each["event"] == "online"]

    wait_for("the new stream", lambda: "Back again" in begun(), DEADLINE)
    watching.twitch.order("helix_fault", endpoint="users", count=0)
    wait_for("the other's name", lambda: watching.records_of(away), DEADLINE)
    assert {each["event"] for each in watching.records_of(away)} == {"update"}
    watching.service.end()
    watching.service.environment["MONITORING_PINNED_CHANNELS"] = watching.pinned


def test_an_unknown_pinned_channel_is_told_and_a_rename_is_followed(watching: Watching) -> None:
    """One of three names is unknown, one is written twice; the service is ready and reads the others."""
    watching.service.end()
    login, before = watching.pinned, watching.service.environment["MONITORING_PINNED_CHANNELS"]
    watching.service.environment["MONITORING_PINNED_CHANNELS"] = (
        f"@{login},https://www.twitch.tv/{login},no_such_channel"
    )
    watching.service.start()
    watching.settle()
    note = "pinned channel no_such_channel: Twitch does not know it"
    wait_for("the note", lambda: watching.service.measured("stream_monitoring_unknown_names") == 1, DEADLINE)
    assert watching.service.log_text().count(note) == 1
    wait_for("it is ready", watching.service.ready, DEADLINE)  # the note may come before the last join
    renamed = f"{login[:20]}_new"
    watching.rename(renamed)
    watching.settle()
    wait_for("the new name", lambda: watching.records_of(renamed)[-1]["login"] == renamed, DEADLINE)
    assert watching.service.log_text().count(note) == 1
    watching.service.end()
    watching.service.environment["MONITORING_PINNED_CHANNELS"] = before


def test_a_rename_while_the_service_is_down_is_followed(watching: Watching) -> None:
    """The setting has the first name still; Postgres, chat and the site get the present one."""
    watching.service.end()
    watching.service.start()
    watching.settle()
    watching.service.end()
    first = watching.service.environment["MONITORING_PINNED_CHANNELS"]
    renamed = f"{watching.pinned[:20]}_2"
    watching.rename(renamed)
    watching.service.start()
    watching.settle()
    assert first != renamed
    assert watching.service.measured("stream_monitoring_unknown_names") == 0
    wait_for("the new name", lambda: watching.records_of(renamed)[-1]["login"] == renamed, DEADLINE)


def test_without_postgres_at_the_start_the_copy_on_disk_is_used(watching: Watching, postgres_server: Any) -> None:
    database = conninfo_to_dict(watching.dsn)["dbname"]

    def let_in(yes: bool) -> None:
        administer(postgres_server, f"ALTER DATABASE {database} ALLOW_CONNECTIONS {yes}")

    watching.service.end()
    before = watching.expected()
    watching.overtake()  # Helix alone would choose another list
    let_in(False)
    try:
        watching.service.start()
        wait_for("the channels", lambda: watching.joined() == set(before), DEADLINE)
        wait_for("it logged", lambda: "not currently accepting connections" in watching.service.log_text(), DEADLINE)
        assert watching.joined() == set(before)
    finally:
        let_in(True)
    watching.settle()


def test_an_opt_out_leaves_erases_and_reports_the_channel(watching: Watching, kafka: str) -> None:
    """The service leaves the channel, erases it from the spool and reports it to the job."""
    watching.settle()
    login, channel_id = watching.pinned, watching.ids[watching.pinned]
    chat, spool = Follower(kafka, topics.CHAT_MESSAGES), watching.service.spool
    statement = """INSERT INTO opt_outs (channel_id, is_out, changed_at) VALUES (%s, %s, now())
                   ON CONFLICT (channel_id) DO UPDATE SET is_out = excluded.is_out, changed_at = now()"""

    def opt_out(is_out: bool) -> None:
        with psycopg.connect(watching.dsn) as connection:
            connection.execute(statement, (channel_id, is_out))

    def reported() -> list[str]:
        return [each["event"] for each in chat.values("opt_out") if each["channel_id"] == channel_id]

    def spooled() -> int:
        named = f'"channel_id":"{channel_id}"'.encode()
        found = [line for path in spool.glob("*.segment") for line in path.read_bytes().split(b"\n") if named in line]
        return len([line for line in found if b'"kind":"opt_out"' not in line])

    assert spooled()
    opt_out(True)
    wait_for("the channel is left", lambda: login not in watching.joined(), DEADLINE)
    wait_for("the job gets it", lambda: reported() == ["out"], DEADLINE)
    wait_for("the spool is cleared", lambda: not spooled(), DEADLINE)
    assert login not in watching.listed()
    assert watching.joined() == set(watching.top)
    watching.service.end()
    watching.service.start()
    wait_for("the other channels", lambda: watching.joined() == set(watching.top), DEADLINE)
    assert (reported(), spooled()) == (["out"], 0)
    opt_out(False)
    watching.settle()
    wait_for("the job gets it", lambda: reported() == ["out", "in"], DEADLINE)
    wait_for("it is stored again", spooled, DEADLINE)
    chat.close()
