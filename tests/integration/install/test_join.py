"""Machine B joins machine A over a real socket, by the line that A prints."""

import re
import subprocess
from collections.abc import Callable

import pytest
from integration.install.machine import ANSWERS, OPERATOR, Machine, Run

from install.join.handover import PORT, SECRETS

KEY = {"TS_AUTHKEY": "tskey-auth-x"}
Make = Callable[..., Machine]
NOT_ITS_OWN = ("postgres_owner_password", "postgres_api_frontend_password", "redis_password", "discord_token",
               "cloudflared_token")  # fmt: skip


@pytest.fixture
def machines(make: Make) -> tuple[Machine, Machine]:
    """A, which runs, and a fresh B."""
    a, b = make("A"), make("B", system="debian-12", uid=OPERATOR)
    done = a.install("reliable", **KEY, **ANSWERS)
    assert done.code == 0, done.output
    return a, b


def invite(a: Machine) -> tuple["subprocess.Popen[str]", str]:
    """Have A open its door; return the line that it prints."""
    waiting = a.start("infrastructure/install.sh", "invite")
    assert waiting.stdout is not None
    for text in waiting.stdout:
        if found := re.search(r"join:\S+", text):
            return waiting, found[0]
    raise AssertionError("A has printed no line")


def ended(waiting: "subprocess.Popen[str]") -> Run:
    output, _ = waiting.communicate(timeout=30)
    return Run(waiting.returncode, output)


def is_open(a: Machine) -> bool:
    """Whether anything listens at A's door."""
    ask = f"import socket; socket.create_connection(('{a.address}', {PORT}), 2)"
    return a.run("python3", "-c", ask).code == 0


def test_b_gets_what_it_shares_with_a_and_nothing_else(machines: tuple[Machine, Machine]) -> None:
    a, b = machines
    assert not is_open(a)
    waiting, line = invite(a)
    done = b.install("processing", **KEY, JOIN_LINE=line)
    assert done.code == 0, done.output
    on_a = ended(waiting)
    assert on_a.code == 0, on_a.output
    assert "Machine B (100.64.0.2) has joined" in on_a.output
    assert not is_open(a), "closed by its first use"
    assert (a.dotenv["MACHINE_B"], b.dotenv["MACHINE_A"]) == ("100.64.0.2", "100.64.0.1")
    for name in SECRETS:
        assert b.secret(name) == a.secret(name), name
    for name in NOT_ITS_OWN:
        assert b.secret(name) == "" or b.secret(name) != a.secret(name), name
    for name in (
        "TWITCH_CLIENT_ID",
        "PINNED_CHANNELS",
        "TOP_CHANNELS",
        "OPERATOR_ZONE",
        "OPERATIONS_URL",
        "API_PUBLIC_URL",
    ):
        assert b.dotenv[name] == a.dotenv[name], name
    assert b.dotenv["BIND_ADDR"] == "100.64.0.2"
    assert not list((b.checkout / ".install").glob("received*"))
    token = line.rpartition(":")[2]
    assert not [call for call in (*a.calls(), *b.calls()) if token in str(call)]
    assert b.install("processing", JOIN_LINE=line).changed == 0
    assert a.install("reliable").changed == 0


def test_b_starts_without_clips_until_somebody_has_signed_in(machines: tuple[Machine, Machine]) -> None:
    a, b = machines
    waiting, line = invite(a)
    done = b.install("processing", **KEY, JOIN_LINE=line)
    ended(waiting)
    assert "nobody has signed in at Twitch" in done.output
    running = b.state["containers"]["processing"]
    assert "clip-creator" not in running
    assert {"kafka", "recorder", "flink-jobmanager"} <= set(running)
    b.uid = 0  # as Docker does
    assert b.run("docker", "compose", "-f", "docker-compose.processing.yml", "run", "--rm", "clip-creator").code == 0
    b.uid = OPERATOR
    done = b.install("processing")
    assert (done.code, done.changed) == (0, 1), done.output
    assert "clip-creator" in b.state["containers"]["processing"]


def test_a_wrong_token_is_refused_and_the_right_one_still_good(machines: tuple[Machine, Machine]) -> None:
    a, b = machines
    waiting, line = invite(a)
    wrong = line[:-6] + ("AAAAAA" if not line.endswith("AAAAAA") else "BBBBBB")
    done = b.install("processing", **KEY, JOIN_LINE=wrong)
    assert done.code == 1
    assert "The token is wrong: this is not the line that machine A printed last" in done.output
    assert "MACHINE_B" not in a.dotenv
    assert b.install("processing", JOIN_LINE=line).code == 0
    assert ended(waiting).code == 0


def test_a_line_is_good_once(machines: tuple[Machine, Machine]) -> None:
    a, b = machines
    waiting, line = invite(a)
    assert b.install("processing", **KEY, JOIN_LINE=line).code == 0
    assert ended(waiting).code == 0
    again = b.install("join", JOIN_LINE=line)
    assert again.code == 1
    assert "Nobody answers at 100.64.0.1:9190. A line is good once, for 30 minutes" in again.output
    assert "infrastructure/install.sh invite" in again.output
    waiting, line = invite(a)
    (b.checkout / "secrets/kafka_password").write_text("another")
    assert b.install("join", JOIN_LINE=line).code == 0, "a new line joins a machine again"
    assert ended(waiting).code == 0
    assert b.secret("kafka_password") == a.secret("kafka_password")


def test_a_door_that_is_killed_opens_again(machines: tuple[Machine, Machine]) -> None:
    a, b = machines
    waiting, old = invite(a)
    waiting.kill()
    waiting.wait()
    waiting, line = invite(a)
    done = b.install("processing", **KEY, JOIN_LINE=old)
    assert "The token is wrong" in done.output
    assert b.install("processing", JOIN_LINE=line).code == 0
    assert ended(waiting).code == 0


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "JOIN_LINE is missing"),
        ("100.64.0.1", "That is not machine A's line"),
        ("join:100.64.0.1:9190:short", "That is not machine A's line"),
        ("join:100.64.0.1:9190:" + "x" * 32, "Nobody answers at 100.64.0.1:9190"),
    ],
)
def test_a_line_that_leads_nowhere_is_explained(make: Make, line: str, said: str) -> None:
    b = make("B")
    done = b.install("processing", **KEY, JOIN_LINE=line)
    assert done.code == 1
    assert said in done.output
    assert "MACHINE_A" not in b.dotenv


def test_two_runs_at_once_are_told_of_each_other(machines: tuple[Machine, Machine]) -> None:
    a, _ = machines
    waiting, _ = invite(a)
    done = a.install("reliable")
    assert (done.code, done.changed) == (1, 0)
    assert "waits for machine B" in done.output
    waiting.kill()
    assert ended(waiting).code != 0
