"""Parsing of HTTP answers: Flink's checkpoints, Prometheus's text, and garbage."""

import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from contracts import metrics
from status import web
from status.facts import Capture, DiscordBot, EmoteCounter, Job, NoAnswer, ViewerClips, Website

METRICS = """# HELP stream_monitoring_gap_seconds_total Channel seconds that nobody read
stream_monitoring_gap_seconds_total{reason="socket"} 3.0
stream_monitoring_gap_seconds_total{reason="spool"} 4.0
stream_monitoring_holder 1.0
stream_monitoring_spool_backlog_bytes 1.5e+06
stream_monitoring_tick_age_seconds NaN
"""
Serve = Callable[[dict[str, tuple[int, str]]], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """`serve({path: (status, text)})`: the address of a server on loopback."""
    servers = []

    def start(answers: dict[str, tuple[int, str]]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, text = answers.get(self.path, (404, ""))
                self.send_response(status)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: object) -> None:
                """Nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_samples_are_summed_and_nan_is_none() -> None:
    assert web.sample(METRICS, metrics.GAP_SECONDS) == 7.0
    assert web.sample(METRICS, metrics.TICK_AGE) is None
    assert web.sample(METRICS, metrics.SPOOL_BYTES) is None


def test_the_discord_bot_is_told_of_where_it_answers_or_has_to(serve: Serve) -> None:
    written = {metrics.DISCORD_CONNECTED: 1.0, metrics.DISCORD_GUILDS: 3.0, metrics.DISCORD_FOLLOWED: 40.0}
    text = "".join(f"{metric.name} {value}\n" for metric, value in written.items())
    bot = web.query_discord_bot(serve({"/metrics": (200, text)}), is_wanted=False)
    assert bot == DiscordBot(is_connected=True, servers=3.0, followed=40.0, polled_age=None)
    polled = f"{text}{metrics.DISCORD_POLLED_AT.name} {time.time() - 5}\n"
    bot = web.query_discord_bot(serve({"/metrics": (200, polled)}), is_wanted=True)
    assert isinstance(bot, DiscordBot)
    assert bot.polled_age == pytest.approx(5, abs=3)
    assert web.query_discord_bot("http://127.0.0.1:9", is_wanted=False) is None
    assert isinstance(web.query_discord_bot("http://127.0.0.1:9", is_wanted=True), NoAnswer)


def test_the_counter_of_emotes_is_read_with_its_notes(serve: Serve) -> None:
    ready = '{"ok": true, "problems": {}, "notes": {"emotes of ffz": "no good answer"}}'
    url = serve({"/ready": (200, ready), "/metrics": (200, f"{metrics.EMOTE_TICK_AGE.name} 1.5\n")})
    assert web.query_emote_counter(url, url) == EmoteCounter({}, {"emotes of ffz": "no good answer"}, 1.5)
    assert isinstance(web.query_emote_counter("http://127.0.0.1:9", url), NoAnswer)


def test_who_asks_for_viewers_clips_is_read_with_its_notes(serve: Serve) -> None:
    ready = '{"ok": true, "problems": {}, "notes": {"twitch": "away"}}'
    url = serve({"/ready": (200, ready), "/metrics": (200, f"{metrics.VIEWER_CLIPS_BEHIND.name} 7\n")})
    assert web.query_viewer_clips(url, url) == ViewerClips({}, {"twitch": "away"}, 7.0)
    assert isinstance(web.query_viewer_clips("http://127.0.0.1:9", url), NoAnswer)


def test_the_build_is_read_from_the_metrics(serve: Serve) -> None:
    told = f'{metrics.BUILD_INFO.name}{{commit="0123abcdef",service="stream_monitoring",version="1.4.0"}} 1.0\n'
    url = serve({"/metrics": (200, METRICS + told)})
    found = web.query_capture(None, url)
    assert isinstance(found, Capture)
    assert found.build == "1.4.0 (0123abc)"


def test_capture_is_read_ready_or_not(serve: Serve) -> None:
    problems = '{"ok": false, "problems": {"chat": "no channel is read yet"}}'
    url = serve({"/ready": (503, problems), "/metrics": (200, METRICS)})
    found = web.query_capture(url, url)
    assert found == Capture(
        problems={"chat": "no channel is read yet"}, tick_age=None, is_holder=True, backlog=1.5e6, gap_seconds=7.0
    )


def test_notes_are_read_from_a_capture_that_is_ready(serve: Serve) -> None:
    url = serve({"/ready": (200, '{"ok": true, "problems": {}, "notes": {"pinned channel x": "unknown"}}')})
    found = web.query_capture(url, url)
    assert isinstance(found, Capture)
    assert (found.problems, found.notes) == ({}, {"pinned channel x": "unknown"})


@pytest.mark.parametrize("answer", ["", "[]", '{"problems": 3}', "<html>"])
def test_an_unparsable_answer_is_a_problem(serve: Serve, answer: str) -> None:
    url = serve({"/ready": (200, answer), "/metrics": (200, METRICS)})
    found = web.query_capture(url, url)
    assert isinstance(found, Capture)
    assert found.problems == {"ready": "its answer could not be parsed"}


def test_the_newest_job_and_its_checkpoint_are_read(serve: Serve) -> None:
    old, new = '{"jid": "old", "state": "FAILED", "start-time": 1}', '{"jid": "j", "state": "RUNNING", "start-time": 2}'
    jobs = f'{{"jobs": [{old}, {new}]}}'
    done = '{"latest": {"completed": {"latest_ack_timestamp": 1000, "state_size": 5}, "restored": null}}'
    found = web.query_job(serve({"/jobs/overview": (200, jobs), "/jobs/j/checkpoints": (200, done)}))
    assert isinstance(found, Job)
    assert found.state == "RUNNING"
    assert found.checkpoint_size == 5
    assert (found.checkpoint_age or 0) > 1e9


def test_a_restored_checkpoint_counts_until_the_next(serve: Serve) -> None:
    jobs = '{"jobs": [{"jid": "j", "state": "RUNNING", "start-time": 2}]}'
    restored = '{"latest": {"completed": null, "restored": {"restore_timestamp": 1000}}}'
    found = web.query_job(serve({"/jobs/overview": (200, jobs), "/jobs/j/checkpoints": (200, restored)}))
    assert isinstance(found, Job)
    assert (found.checkpoint_age or 0) > 1e9


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"jobs": 1}', '{"jobs": [{}]}'])
def test_garbage_in_place_of_flink_is_reported(serve: Serve, text: str) -> None:
    found = web.query_job(serve({"/jobs/overview": (200, text)}))
    assert isinstance(found, NoAnswer)
    assert "not from Flink" in found.reason


def test_without_a_job_the_state_is_none(serve: Serve) -> None:
    assert web.query_job(serve({"/jobs/overview": (200, '{"jobs": []}')})) == Job("none")


def test_the_website_is_ready_or_gives_a_reason(serve: Serve) -> None:
    ready = '{"ok": true, "problems": {}, "version": "1.4.0", "commit": "0123abcdef"}'
    assert web.query_website(serve({"/ready": (200, ready)})) == Website(True, build="1.4.0 (0123abc)")
    assert web.query_website(serve({"/ready": (200, "ok")})) == Website(True)
    assert web.query_website(serve({"/ready": (503, "no\n database")})) == Website(False, "not ready: no database")


def test_a_refused_connection_is_reported_with_its_port() -> None:
    found = web.query_website("http://127.0.0.1:9")
    assert isinstance(found, NoAnswer)
    assert found.reason == "127.0.0.1:9: connection refused"
