"""Two machines as seen by an operator and a visitor; the tests run in order."""

import threading
import time

from deployment.two_machines import TwoMachines

from embedded.processes.waiting import wait_for

CLIP_SECONDS = 120
BACK_SECONDS = 180  # B's containers start one after another; the goal is 30 s for Kafka and Flink each
AWAY_SECONDS = 20
REQUEST_SECONDS = 1


class Visitor:
    """Requests the page once per second and counts the answers."""

    def __init__(self, machines: TwoMachines) -> None:
        self.answers: list[int] = []
        self._http = machines.page.http
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._visit, daemon=True)

    def _visit(self) -> None:
        while not self._stop.wait(REQUEST_SECONDS):
            try:
                self.answers.append(self._http.get("/").status_code)
            except OSError:
                self.answers.append(0)

    def __enter__(self) -> "Visitor":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def test_all_services_are_healthy(machines: TwoMachines) -> None:
    wait_for("machine A is healthy", lambda: not machines.a.unhealthy(), 60, 2)
    wait_for("machine B is healthy", lambda: not machines.b.unhealthy(), 120, 2)


def test_a_burst_becomes_a_clip(machines: TwoMachines) -> None:
    moment = machines.clip_of_a_burst(CLIP_SECONDS)
    assert moment["clip"]["url"]


def test_the_discord_bot_tells_of_a_stream_and_its_moment(machines: TwoMachines) -> None:
    discord, login = machines.discord, machines.unused[-1]
    wait_for("the bot is connected", discord.has_bot, 60, 1)
    discord.type("/setchannel channel:#live")
    discord.type("/clips on:True rarity:0 early:True channel:#clips")
    assert "Followed from now on" in discord.type(f"/addstreamer streamers:{login}")
    wait_for("the notice", lambda: login in str(discord.messages("live")), 60, 1)
    clip = machines.clip_of_a_burst(CLIP_SECONDS)["clip"]["url"]
    wait_for("the moment's message has become the clip", lambda: clip in str(discord.messages("clips")), 60, 1)
    (post,) = discord.messages("clips")
    assert post["edited_timestamp"], "it was there before the clip"
    assert len(discord.messages("live")) == 1


def test_prometheus_reaches_both_machines(machines: TwoMachines) -> None:
    """No tunnel is set up here, so there is no cloudflared."""
    ask = ["exec", "-T", "prometheus", "promtool", "query", "instant", "http://127.0.0.1:9090"]
    wait_for("all targets are up", lambda: not machines.b.run(*ask, 'up{job!="cloudflared"} == 0').strip(), 60, 2)
    for machine in ("reliable", "processing"):
        assert machines.b.run(*ask, f'up{{machine="{machine}"}} == 1').strip(), machine


def test_machine_b_stops_and_comes_back(machines: TwoMachines) -> None:
    with Visitor(machines) as visitor:
        machines.b.run("stop", "--timeout", "30")
        away = time.monotonic()
        wait_for("B has been away for a while", lambda: time.monotonic() - away > AWAY_SECONDS, AWAY_SECONDS + 5)
        machines.b.up_again()
        wait_for("B is healthy", lambda: not machines.b.unhealthy(), BACK_SECONDS, 2)
        assert "The job starts from /var/lib/flink/checkpoints/" in machines.b.run("logs", "flink-jobmanager")
        assert machines.clip_of_a_burst(CLIP_SECONDS)["clip"]["url"]
    assert visitor.answers
    assert set(visitor.answers) == {200}, "the page serves all the while"


def test_machine_b_loses_power_and_comes_back(machines: TwoMachines) -> None:
    with Visitor(machines) as visitor:
        machines.b.run("kill")
        machines.b.up_again()
        wait_for("B is healthy", lambda: not machines.b.unhealthy(), BACK_SECONDS, 2)
        assert machines.clip_of_a_burst(CLIP_SECONDS)["clip"]["url"]
    assert set(visitor.answers) == {200}


def test_the_job_resumes_after_a_crash(machines: TwoMachines) -> None:
    machines.b.run("kill", "flink-jobmanager")
    machines.b.run("up", "-d", "--no-build", "flink-jobmanager")
    wait_for("the job is back", lambda: "flink-jobmanager" not in machines.b.unhealthy(), BACK_SECONDS, 2)
    assert machines.clip_of_a_burst(CLIP_SECONDS)["clip"]["url"]
