"""`make demo` as a person runs it: started, stopped in every way, resumed; no process is left behind."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest
from end_to_end.discord_visitor import DiscordVisitor
from end_to_end.made_before import KEPT, make_topics, partitions_now
from end_to_end.world import World, closed_with_outcome

from contracts.topics import LARGE
from embedded.addresses import Ports, setting
from embedded.discord_servers import GERMAN
from embedded.paths import REPOSITORY
from embedded.processes.listeners import listeners
from embedded.processes.ports import is_free
from embedded.processes.processes import end, marked
from embedded.processes.waiting import wait_for
from embedded.programs import database
from embedded.servers.redis import Redis
from embedded.site_address import own_address
from embedded.supervisor import socket_file
from embedded.system import System
from twitch_simulator.process import SimulatorProcess

START_SECONDS = 420.0  # on a machine that also runs other tests
END_SECONDS = 90.0
VISIT_SECONDS = 180.0  # a visitor's patience
REASON_SECONDS = 20.0  # from the start of `make live` to the word why chat is not read

LISTENER = "import socket, sys; held = socket.create_server(('127.0.0.1', int(sys.argv[1]))); sys.stdin.read()"

pytestmark = pytest.mark.timeout(1200)


class Demo:
    """One run of the demo in its own folder and, as in a terminal, its own process group."""

    def __init__(self, directory: Path, ports: Ports, *flags: str, **environment: str) -> None:
        self.directory, self.ports = directory, ports
        chosen = {setting(name): str(port) for name, port in vars(ports).items()} | environment
        self.output = directory.with_name("output.txt")
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "embedded.demo", "--directory", str(directory), *flags],
                env={**os.environ, **chosen},
                stdout=output,
                stderr=output,
                cwd=REPOSITORY,
                start_new_session=True,
            )

    def text(self) -> str:
        return self.output.read_text()

    def wait_up(self, host: str = "localhost") -> None:
        line = f"Stream Scout is at http://{host}:{self.ports.api} "
        before = self.text().count(line) if self.process.poll() is not None else 0
        wait_for("the demo is up", lambda: self._has(line, before), START_SECONDS)

    def _has(self, line: str, before: int) -> bool:
        assert self.process.poll() is None, self.text()
        return self.text().count(line) > before

    def assert_nothing_left(self) -> None:
        wait_for("no process is left", lambda: not marked(self.directory) and not self._named(), END_SECONDS)
        assert [name for name, port in self.ports.settings().items() if not is_free(port)] == []
        assert not socket_file(self.directory).exists()

    def _named(self) -> list[list[str]]:
        """Return the commands that name the folder, such as the watchdog's, which ends last."""
        commands = [each.info["cmdline"] or [] for each in psutil.process_iter(["cmdline"])]
        return [command for command in commands if str(self.directory) in " ".join(command)]


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "demo"
    yield folder
    end(marked(folder), 1.0)


def test_after_ctrl_c_a_second_start_resumes_with_its_data(directory: Path) -> None:
    """The second start lets others open the site, and nothing but the site."""
    ports = Ports.free()
    demo = Demo(directory, ports)
    demo.wait_up()
    with psycopg.connect(database(directory, ports).dsn) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
    assert httpx.get(ports.url("api") + "/api/v1/moments").status_code == 200
    assert Redis(directory / "redis").client().keys("LIMITS:*/api/*")  # the site counts in the demo's Redis
    visit_discord(demo)
    os.killpg(demo.process.pid, signal.SIGINT)  # what Ctrl-C does: the whole foreground group
    assert demo.process.wait(END_SECONDS) == 0
    demo.assert_nothing_left()

    demo.output.unlink()
    again = Demo(directory, ports, DEMO_BIND="0.0.0.0")
    again.wait_up(own_address())
    assert "Everyone on the network of this machine can open it" in again.text()
    assert httpx.get(f"http://{own_address()}:{ports.api}/ready").status_code == 200
    wider = [each for each in listeners(directory) if not each.on_loopback]
    assert sorted((each.program, each.port) for each in wider) == [
        ("api_frontend", ports.api),
        ("discord_simulator", ports.discord_simulator_page),
    ]
    visitor = DiscordVisitor(f"http://{own_address()}:{ports.discord_simulator_page}", "Clip Club")
    before = {each for each in visitor.shown("welcome") if "Welcome!" in each}
    assert len(before) == 1, "the messages are those of before"
    assert any(" is live" in each or "was live" in each for each in visitor.shown("live"))
    wait_for("the settings of before", lambda: "40" in visitor.type("general", "/streamers"), VISIT_SECONDS)
    with psycopg.connect(database(directory, ports).dsn) as connection:
        assert connection.execute("SELECT number FROM kept").fetchall() == [(1,)]
    again.process.send_signal(signal.SIGKILL)
    again.process.wait()
    again.assert_nothing_left()


def visit_discord(demo: Demo) -> None:
    """See a live notice and a moment that becomes its clip; type a command, take a suggestion, press a button."""
    address = f"http://localhost:{demo.ports.discord_simulator_page}"
    assert f"Discord (simulated) is at {address}:" in demo.text()
    visitor = DiscordVisitor(address, "Clip Club")
    wait_for("a live notice", lambda: any(" is live" in each for each in visitor.shown("live")), VISIT_SECONDS)

    def grown() -> bool:
        return any("/clip/" in each and "(edited)" in each for each in visitor.shown("clips"))

    wait_for("a message that has become a clip", grown, VISIT_SECONDS)
    wait_for("the clip's picture", lambda: "/thumbnails/" in str(visitor.shown("clips")), VISIT_SECONDS)
    said = visitor.type("general", "/help")
    assert "/addstreamer" in said
    assert "Only you can see this" in said
    assert visitor.suggestions("general", "/removestreamer streamer:")
    assert "Page 1 of 4" in visitor.type("general", "/streamers")
    assert "Page 2 of 4" in visitor.press("general", "▶")
    small = DiscordVisitor(address, "Nachtschicht")
    begin_german_streams(demo)
    wait_for("a notice in German", lambda: any(" spielt " in each for each in small.shown("live")), VISIT_SECONDS)


def begin_german_streams(demo: Demo) -> None:
    """Let the German channels that are away go live: of the few that the server follows, none may do so for minutes."""
    control = demo.ports.url("simulator_http") + "/control"
    for channel in httpx.get(f"{control}/state").raise_for_status().json()["channels"]:
        if channel["language"] == GERMAN and not channel["live"]:
            order = {"login": channel["login"], "live": True, "title": "Guten Abend"}
            httpx.post(f"{control}/stream", json=order).raise_for_status()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_stop_during_the_start_leaves_nothing(directory: Path, number: signal.Signals) -> None:
    demo = Demo(directory, Ports.free())
    wait_for("some processes run", lambda: len(marked(directory)) >= 3, START_SECONDS)
    demo.process.send_signal(number)
    assert demo.process.wait(END_SECONDS) == 0
    demo.assert_nothing_left()


def test_a_second_demo_in_the_same_folder_is_refused(directory: Path) -> None:
    first = Demo(directory, Ports.free())
    wait_for("the first runs", lambda: len(marked(directory)) >= 1, START_SECONDS)
    second = Demo(directory, Ports.free())
    assert second.process.wait(END_SECONDS) == 1
    assert f"A system already runs in {directory}" in second.text()
    first.process.send_signal(signal.SIGTERM)
    assert first.process.wait(END_SECONDS) == 0
    first.assert_nothing_left()


def test_a_used_port_is_reported_before_anything_starts(directory: Path) -> None:
    ports = Ports.free()
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import socket,sys; s=socket.create_server(('127.0.0.1',{ports.api})); sys.stdin.read()",
        ],
        stdin=subprocess.PIPE,
    ) as other:
        wait_for("the port is in use", lambda: not is_free(ports.api), END_SECONDS)
        demo = Demo(directory, ports)
        assert demo.process.wait(END_SECONDS) == 1
        assert other.stdin is not None
        other.stdin.close()
    assert f"Port {ports.api} is in use" in demo.text()
    assert "API_PORT=" in demo.text()
    assert not directory.exists()


def test_live_without_a_network_gives_the_address_and_the_reason_at_once(directory: Path) -> None:
    """And goes on starting."""
    demo = Demo(directory, Ports.free(), "--live", "--channels", "foo", MONITORING_CHAT_URL="ircs://chat.invalid")
    wait_for("the reason", lambda: "chat: cannot find chat.invalid: no network" in demo.text(), REASON_SECONDS)
    assert "The site opens at http://localhost:" in demo.text()
    assert "pinned channel" not in demo.text()
    wait_for("the servers start", lambda: re.search("kafka +ready", demo.text()), START_SECONDS)
    demo.process.send_signal(signal.SIGTERM)
    assert demo.process.wait(END_SECONDS) == 0
    demo.assert_nothing_left()


def test_live_without_credentials_links_to_the_stream(directory: Path, tmp_path: Path) -> None:
    """Only the chat's address differs from the real Twitch. The topics are older and larger; a wrong name is told."""
    flags = ("--channels", "3", "--messages-per-second", "30", "--bursts-per-minute", "0", "--notices-per-minute", "0")
    with SimulatorProcess(tmp_path / "truth", *flags) as twitch:
        login = twitch.state()["channels"][0]["login"]
        ports = replace(Ports.free(), simulator_http=twitch.ports["http"])
        chat = f"irc://127.0.0.1:{twitch.ports['irc']}"
        make_topics(directory, ports, LARGE)
        channels = f"#{login.upper()},no_such_channel"
        demo = Demo(directory, ports, "--live", "--channels", channels, MONITORING_CHAT_URL=chat)
        wait_for("the wrong name is told", lambda: "pinned channel no_such_channel: " in demo.text(), REASON_SECONDS)
        demo.wait_up()
        assert demo.text().index("The site opens at") < demo.text().index("Stream Scout is at")
        world = World(System(directory, ports))
        world.wait_for_baseline()
        world.burst(login)
        moment = world.wait_for_moment(login, closed_with_outcome)
        assert (moment["clip"]["status"], moment["clip"]["reason"]) == ("skipped", "no credentials")
        assert (
            f"https://www.twitch.tv/{login}" in world.http.get(f"{world.system.url('api')}/moments/{moment['id']}").text
        )
        assert [each["login"] for each in twitch.state()["channels"] if world.moments(each["login"])] == [login]
        assert partitions_now(world.system.address("KAFKA_BOOTSTRAP_SERVERS")) == LARGE
        assert KEPT in world.system.log("topic_setup").read_text()
        os.killpg(demo.process.pid, signal.SIGINT)
        assert demo.process.wait(END_SECONDS) == 0
    demo.assert_nothing_left()
