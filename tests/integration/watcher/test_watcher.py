"""The watcher as a process, with a real Postgres and recorder and a webhook on loopback."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from integration.support.database import as_role, prepare
from integration.support.watcher_process import DEADLINE, Pipeline, Watcher, WebhookServer

from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for
from embedded.servers.postgres import Postgres

MOST_MEMORY = 64 * 1024 * 1024  # bytes; the container's limit


@pytest.fixture
def webhook() -> Iterator[WebhookServer]:
    with WebhookServer() as server:
        yield server


@pytest.fixture
def watch(tmp_path: Path, postgres: str, webhook: WebhookServer) -> Iterator[Callable[..., Watcher]]:
    """`watch(**settings)`: a watcher that is stopped after the test."""
    started: list[Watcher] = []

    def starter(dsn: str = postgres, url: str = webhook.url, **settings: str) -> Watcher:
        started.append(Watcher(dsn, tmp_path, url, **settings).start())
        return started[-1]

    yield starter
    for watcher in started:
        if watcher.process.poll() is None:
            watcher.stop(signal.SIGKILL)
    sys.stdout.write("".join(watcher.log.read_text() for watcher in started[:1]))


@pytest.fixture
def pipeline(postgres: str) -> Iterator[Pipeline]:
    with Pipeline(postgres).beating() as beating:
        yield beating


def wait_for_events(webhook: WebhookServer, *expected: str) -> None:
    wait_for(f"{expected} are delivered", lambda: len(webhook.accepted) >= len(expected), DEADLINE)
    assert webhook.events() == list(expected)


def test_a_recorders_kill_and_restart_are_one_notice_each(watch, kafka, postgres, webhook, tmp_path):
    environment = os.environ | {
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "POSTGRES_DSN": as_role(postgres, "recorder"),
        "RECORDER_METRICS_PORT": str(free_ports(1)[0]),
    }

    def recorder() -> subprocess.Popen[bytes]:
        with (tmp_path / "recorder.log").open("ab") as output:
            return subprocess.Popen([sys.executable, "-m", "recorder"], env=environment, stderr=output)

    watcher = watch()
    process = recorder()
    try:
        watcher.observes("well")
        process.kill()
        process.wait()
        wait_for_events(webhook, "heartbeat_stopped")
        watcher.checks_again()
        process = recorder()
        wait_for_events(webhook, "heartbeat_stopped", "well")
        watcher.checks_again()
        assert webhook.events() == ["heartbeat_stopped", "well"]
    finally:
        process.kill()
        process.wait()


def test_nothing_is_reported_before_the_pipeline_first_ran(watch, webhook):
    watch().checks_again()
    assert webhook.tries == 0


def test_data_older_than_the_limit_is_reported_to_discord(watch, pipeline, webhook):
    pipeline.data_age = 299.0 - DEADLINE
    watcher = watch(WATCHER_WEBHOOK_KIND="discord")
    watcher.observes("well")
    watcher.checks_again()
    assert not webhook.accepted
    pipeline.data_age = 301.0
    wait_for("the notice", lambda: webhook.accepted, DEADLINE)
    assert set(webhook.accepted[0]) == {"content", "allowed_mentions"}
    assert webhook.accepted[0]["content"].startswith("Stream Scout: data is 5 min old")
    pipeline.data_age = 0.0
    wait_for("the recovery", lambda: len(webhook.accepted) == 2, DEADLINE)
    assert "recovered after" in webhook.accepted[1]["content"]


def test_an_outage_shorter_than_the_delay_is_not_reported(watch, pipeline, webhook):
    watcher = watch(WATCHER_TROUBLE_HOLD_SECONDS="600")
    watcher.observes("well")
    pipeline.data_age = 400.0
    watcher.observes("data_old")
    pipeline.data_age = 0.0
    watcher.observes("well")
    watcher.checks_again()
    assert webhook.tries == 0


def pause(postgres: str, role: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command of a deploy."""
    command = [sys.executable, "-m", "recorder.pause", *words]
    environment = os.environ | {"POSTGRES_DSN": as_role(postgres, role)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("role", ["owner", "recorder"])  # as on machine A, and as on B
def test_a_pause_holds_reports_back_until_it_ends(watch, pipeline, postgres, webhook, role):
    watcher = watch()
    watcher.observes("well")
    assert pause(postgres, role, "begin", "B", "600", "deploy of 1.5").returncode == 0
    wait_for("the watcher knows", lambda: 0 < watcher.metric("watcher_pause_seconds") <= 600, DEADLINE)
    pipeline.data_age = 400.0
    watcher.observes("data_old")
    watcher.checks_again()
    assert webhook.tries == 0
    assert pause(postgres, role, "end", "B").returncode == 0
    wait_for_events(webhook, "data_old")
    assert watcher.metric("watcher_pause_seconds") == 0


def test_a_pause_ends_by_itself(watch, pipeline, postgres, webhook):
    pipeline.data_age = 400.0
    assert pause(postgres, "owner", "begin", "A", "6", "deploy of 1.5").returncode == 0
    watcher = watch()
    watcher.checks_again(2)
    assert webhook.tries == 0
    wait_for_events(webhook, "data_old")


def test_a_pause_is_ten_minutes_at_most(watch, postgres):
    refused = pause(postgres, "owner", "begin", "A", "601", "a long lunch")
    assert refused.returncode == 2
    assert "up to 600" in refused.stderr
    with psycopg.connect(postgres) as connection:
        connection.execute("INSERT INTO pauses VALUES ('A', 'by hand', now() + interval '1 day')")
    watcher = watch()
    wait_for("the watcher knows", lambda: watcher.metric("watcher_pause_seconds") > 0, DEADLINE)
    assert watcher.metric("watcher_pause_seconds") <= 600


@pytest.mark.parametrize("fault", ["stopped", "hung"])
def test_postgres_away_and_its_recovery_are_reported_once(watch, webhook, tmp_path, fault):
    with Postgres(tmp_path / "postgres", free_ports(1)[0]) as server:
        prepare(server.dsn)
        with Pipeline(server.dsn).beating():
            watcher = watch(server.dsn)
            watcher.observes("well")
            backends = psutil.Process(server.pid).children(recursive=True)
            if fault == "stopped":
                server.stop()
            else:
                for process in (psutil.Process(server.pid), *backends):
                    process.suspend()
            wait_for_events(webhook, "postgres_away")
            watcher.checks_again(2)  # each takes seconds where the server hangs
            if fault == "stopped":
                server.start()
            else:
                for process in (*backends, psutil.Process(server.pid)):
                    process.resume()
            wait_for_events(webhook, "postgres_away", "well")
            watcher.checks_again()
    assert webhook.events()[:2] == ["postgres_away", "well"]


def test_a_busy_or_broken_webhook_gets_the_notice_later(watch, pipeline, webhook):
    webhook.answers.extend([(429, {"Retry-After": "1"}), (503, {"Retry-After": "1"}), (302, {"Location": "/"})])
    pipeline.data_age = 400.0
    watcher = watch()
    wait_for("three tries", lambda: webhook.tries == 3, DEADLINE)
    assert watcher.metric("watcher_waiting_notices") == 1
    assert not webhook.accepted
    log = watcher.log.read_text()
    assert "the webhook answered 429" in log
    assert "check its URL" in log
    assert "very-private" not in log


def test_notices_for_an_absent_webhook_come_later_in_order(watch, pipeline, webhook, tmp_path):
    nowhere = f"http://127.0.0.1:{free_ports(1)[0]}/hooks/very-private"
    pipeline.data_age = 400.0
    watcher = watch(url=nowhere)
    wait_for("the notice waits", lambda: watcher.metric("watcher_waiting_notices") == 1, DEADLINE)
    pipeline.data_age = 0.0
    wait_for("both wait", lambda: watcher.metric("watcher_waiting_notices") == 2, DEADLINE)
    (tmp_path / "webhook_url").write_text(webhook.url)
    wait_for_events(webhook, "data_old", "well")
    assert "very-private" not in watcher.log.read_text()


def test_kill_9_neither_repeats_nor_loses_a_notice(watch, pipeline, webhook):
    webhook.answers.append((503, {"Retry-After": "600"}))
    pipeline.data_age = 400.0
    watcher = watch()
    wait_for("a notice waits", lambda: webhook.tries == 1, DEADLINE)
    watcher.stop(signal.SIGKILL)
    watcher.start()
    wait_for_events(webhook, "data_old")
    wait_for("it is on disk", lambda: watcher.metric("watcher_waiting_notices") == 0, DEADLINE)
    watcher.stop(signal.SIGKILL)
    watcher.start().checks_again()
    assert webhook.events() == ["data_old"]
    pipeline.data_age = 0.0
    wait_for_events(webhook, "data_old", "well")
    assert watcher.stop() == 0


def test_without_a_url_it_only_logs(watch, pipeline):
    pipeline.data_age = 400.0
    watcher = watch(url="")
    wait_for("the report", lambda: watcher.metric('watcher_notices_total{event="data_old"}'), DEADLINE)
    assert "notice not sent" in watcher.log.read_text()


def test_it_fits_into_its_containers_memory(watch, pipeline, webhook):
    pipeline.data_age = 400.0
    watcher = watch()
    wait_for_events(webhook, "data_old")
    watcher.checks_again()
    memory = psutil.Process(watcher.process.pid).memory_info().rss
    sys.stdout.write(f"watcher: {memory / 2**20:.0f} MB\n")
    assert memory < MOST_MEMORY


def test_wrong_settings_and_a_used_port_are_named(tmp_path, postgres):
    wrong = {"WATCHER_WEBHOOK_KIND": "pigeon", "WATCHER_WEBHOOK_URL_FILE": str(tmp_path / "none")}
    ended = run_until_exit(os.environ | wrong)
    assert ended.returncode == 2
    for name in ("POSTGRES_DSN", "WATCHER_WEBHOOK_KIND", "WATCHER_WEBHOOK_URL_FILE"):
        assert name in ended.stderr
    with WebhookServer() as other:
        used = {"POSTGRES_DSN": as_role(postgres, "watcher"), "WATCHER_METRICS_PORT": str(other.port)}
        ended = run_until_exit(os.environ | used)
    assert ended.returncode == 1
    assert str(other.port) in ended.stderr


def run_until_exit(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "watcher"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )


def test_it_says_how_old_backups_are(watch, pipeline, postgres):
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO backups (kind, good_at, problem)"
            " VALUES ('full', now() - interval '30 hours', ''), ('processing', NULL, 'the target is full')"
        )
    watcher = watch()
    watcher.observes("well")
    assert 108_000 <= watcher.metric('backup_age_seconds{kind="full"}') < 108_000 + DEADLINE
    assert watcher.metric('backup_failing{kind="full"}') == 0
    assert watcher.metric('backup_age_seconds{kind="processing"}') == float("inf")
    assert watcher.metric('backup_failing{kind="processing"}') == 1
