"""What the watcher notes of the site's parts, in a real Postgres, and what the site makes of it."""

import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from integration.support.api_frontend_process import SiteProcess
from integration.support.database import as_role, prepare
from integration.support.uptime_reading import Looked, record_at, record_of, state_of
from integration.support.watcher_process import DEADLINE, Pipeline, Watcher

from api_frontend.data.uptime.record import UptimeRecord
from contracts.uptime import BRIDGED_SECONDS, Part
from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for
from embedded.servers.postgres import Postgres
from watcher.record.facts import Limits
from watcher.record.notes import WaitingNotes
from watcher.record.recording_loop import RecordingLoop
from watcher.record.sources import Sources, UptimeDatabase, site_answers

HOUR = 3600.0
WRITTEN = "SELECT sum(n_tup_ins + n_tup_upd), sum(n_tup_hot_upd) FROM pg_stat_user_tables WHERE relname = 'uptime'"


@pytest.fixture
def looked() -> Iterator[Looked]:
    with Looked.serving() as looked:
        yield looked


@pytest.fixture
def watch(tmp_path: Path, postgres: str, looked: Looked) -> Iterator[Callable[..., Watcher]]:
    started: list[Watcher] = []

    def starter(dsn: str = postgres, **own: str) -> Watcher:
        addresses = {"WATCHER_SITE_URL": looked.url, "WATCHER_STANDBY_URL": looked.url}
        started.append(Watcher(dsn, tmp_path, "", **addresses | own).start())
        return started[-1]

    yield starter
    for watcher in started:
        if watcher.process.poll() is None:
            watcher.stop(signal.SIGKILL)


def becomes(dsn: str, part: Part, state: str) -> None:
    wait_for(f"{part} is noted as {state}", lambda: state_of(dsn, part) == state, DEADLINE)


def test_kill_9_in_an_outage_leaves_one_outage(watch, postgres, looked):
    with Pipeline(postgres).beating():
        watcher = watch()
        becomes(postgres, Part.WEBSITE, "up")
        began = time.time()
        looked.is_ready = False
        becomes(postgres, Part.WEBSITE, "down")
        watcher.stop(signal.SIGKILL)
        watcher.start()
        becomes(postgres, Part.WEBSITE, "down")
        looked.is_ready = True
        becomes(postgres, Part.WEBSITE, "up")
        ended = time.time()
        assert watcher.stop() == 0
    record = record_of(postgres)
    (outage,) = record.outages
    assert outage.part is Part.WEBSITE
    assert began - 0.1 <= outage.span.from_at / 1000 <= outage.span.until_at / 1000 <= ended
    for part in (Part.WEBSITE, Part.CHAT, Part.MOMENTS):
        sums = record.parts[part].sums
        assert sums.unknown == 0
        assert sums.whole == record.whole.until_at - record.parts[part].began


def test_an_outage_of_postgres_is_noted_once_it_is_back_in_spite_of_kill_9(watch, tmp_path, looked):
    with Postgres(tmp_path / "postgres", free_ports(1)[0]) as server:
        prepare(server.dsn)
        with Pipeline(server.dsn).beating():
            watcher = watch(server.dsn)
            becomes(server.dsn, Part.WEBSITE, "up")
            server.stop()
            began = time.time()
            looked.is_ready = False  # as the real site says without its database
            waiting = tmp_path / "state" / "uptime.json"
            wait_for("it is on the disk", lambda: waiting.exists() and b"down" in waiting.read_bytes(), DEADLINE)
            watcher.stop(signal.SIGKILL)
            watcher.start()
            server.start()
            looked.is_ready = True
            becomes(server.dsn, Part.WEBSITE, "up")
            wait_for("nothing waits", lambda: not waiting.exists(), DEADLINE)
        record = record_of(server.dsn)
    outages = [outage for outage in record.outages if outage.part is Part.WEBSITE]
    assert outages[0].span.from_at / 1000 - began < 15
    assert record.parts[Part.WEBSITE].sums.unknown == 0


def test_beats_go_on_while_postgres_is_away(watch, tmp_path, looked):
    (tmp_path / "beat").write_text(f"{looked.url}/ping/very-private")
    nowhere = f"postgresql://127.0.0.1:{free_ports(1)[0]}/none"
    watcher = watch(nowhere, WATCHER_BEAT_URL_FILE=str(tmp_path / "beat"))
    taken = 'watcher_beats_total{outcome="taken"}'
    wait_for("three beats", lambda: watcher.metric(taken) >= 3, DEADLINE)
    assert time.time() - watcher.metric("watcher_beat_at_seconds") < 5
    assert "very-private" not in watcher.log.read_text()


def test_the_real_site_is_seen_up_and_down(postgres, tmp_path):
    with SiteProcess(postgres, tmp_path) as site:
        assert site_answers(site.url) is True
    assert site_answers(site.url) is False


def test_a_watcher_that_was_away_leaves_unknown(watch, postgres):
    with Pipeline(postgres).beating():
        watcher = watch()
        becomes(postgres, Part.MOMENTS, "up")
        watcher.stop(signal.SIGKILL)
    with psycopg.connect(postgres) as connection:
        connection.execute("UPDATE uptime SET from_at = from_at - interval '3 h', until_at = until_at - interval '1 h'")
    with Pipeline(postgres).beating():
        watcher.start()
        becomes(postgres, Part.MOMENTS, "up")
    sums = record_of(postgres).parts[Part.MOMENTS].sums
    assert sums.down == 0
    assert 0.9 * HOUR < sums.unknown / 1000 < 1.1 * HOUR


def test_a_deploy_is_planned_work_and_no_outage(watch, postgres):
    with Pipeline(postgres).beating():
        watcher = watch()
        becomes(postgres, Part.WEBSITE, "up")
        with psycopg.connect(postgres, autocommit=True) as connection:
            connection.execute("INSERT INTO pauses VALUES ('A', 'deploy of 1.5', now() + interval '10 min')")
            wait_for("it is noted", lambda: record_of(postgres).work, DEADLINE)
            connection.execute("DELETE FROM pauses")
        watcher.checks_again()
        assert watcher.stop() == 0
    record = record_of(postgres)
    assert len(record.work) == 1
    assert record.outages == []


def test_an_address_that_hangs_holds_up_no_notice(watch, postgres, tmp_path):
    silent = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{silent.getsockname()[1]}"
    (tmp_path / "beat").write_text(url)
    with Pipeline(postgres).beating() as pipeline:
        watcher = watch(WATCHER_SITE_URL=url, WATCHER_STANDBY_URL=url, WATCHER_BEAT_URL_FILE=str(tmp_path / "beat"))
        began = time.monotonic()
        watcher.checks_again()
        assert time.monotonic() - began < 5
        pipeline.data_age = 400.0
        wait_for("the report", lambda: watcher.metric('watcher_notices_total{event="data_old"}'), DEADLINE)
    silent.close()


class Played:
    """The recording loop on a clock of the test's, with a real Postgres and rows of the ages that it says."""

    def __init__(self, dsn: str, folder: Path, looked: Looked) -> None:
        self.dsn, self.at, self.ticks = dsn, 1_700_000_000.0, 0.0
        self.pipeline = Pipeline(dsn)
        self.connection = psycopg.connect(dsn, autocommit=True)
        self.database = database = UptimeDatabase(as_role(dsn, "watcher"))
        self.loop = RecordingLoop(
            sources=Sources(database, looked.url, looked.url),
            database=database,
            waiting=WaitingNotes(folder / "uptime.json"),
            limits=Limits(60, 300),
            confirm_seconds=30,
            now=lambda: self.at,
            monotonic=lambda: self.ticks,
        )

    def run(self, seconds: float, step: float = 145.0, *, silent: float = 0.0, late: float = 0.0) -> None:
        """Look for so long. `silent`, `late`: how old the heartbeat and the data are at its beginning; they grow."""
        for _ in range(round(seconds / step)):
            self.pipeline.heartbeat_age, self.pipeline.data_age = silent, late
            self.pipeline.write_by(self.connection)
            self.loop.look()
            self.at, self.ticks = self.at + step, self.ticks + step
            silent, late = silent + step * bool(silent), late + step * bool(late)

    def record(self) -> UptimeRecord:
        return record_at(self.dsn, self.at)


@pytest.fixture
def played(postgres: str, tmp_path: Path, looked: Looked) -> Played:
    return Played(postgres, tmp_path, looked)


def test_b_off_for_a_day_is_one_outage_while_chat_was_read(played, looked):
    looked.behind.set(2.0)
    played.run(HOUR)
    played.run(24 * HOUR, silent=120.0, late=120.0)
    played.run(2 * HOUR, late=24 * HOUR)  # catches up
    played.run(HOUR)
    record = played.record()
    (outage,) = record.outages
    assert outage.part is Part.MOMENTS
    assert 26 * HOUR <= outage.span.length / 1000 <= 26 * HOUR + 600
    assert record.parts[Part.CHAT].sums.down == record.parts[Part.CHAT].sums.unknown == 0
    assert record.parts[Part.MOMENTS].sums.unknown == 0


def test_a_clock_that_is_set_back_makes_no_time_out_of_nothing(played, looked):
    looked.behind.set(2.0)
    played.run(3 * HOUR)
    played.at -= HOUR
    looked.is_ready = False
    played.run(600, 15)
    looked.is_ready = True
    played.run(2 * HOUR)
    record = played.record()
    part = record.parts[Part.WEBSITE]
    (outage,) = record.outages
    assert 600 - 60 <= outage.span.length / 1000 <= 600 + 30
    assert part.sums.whole == record.whole.until_at - part.began
    assert part.sums.unknown == 0
    assert abs(part.sums.whole / 1000 - 4 * HOUR - 600) < BRIDGED_SECONDS


def test_a_minute_costs_one_write(played, looked, postgres):
    """An idle minute is one statement of some rows: a sync of the write-ahead log."""
    played.run(600, 15)
    played.database.close()  # its session tells what it wrote
    with psycopg.connect(postgres, autocommit=True) as connection:
        wait_for("the statistics", lambda: (connection.execute(WRITTEN).fetchone() or (0,))[0] >= 30, DEADLINE)
        written, beside = connection.execute(WRITTEN).fetchone() or (0, 0)
    assert written <= 3 * 11  # website, chat, moments
    assert beside == written - 3
