"""The installer as somebody sees it who sits in front of it: what is asked, and what is shown."""

import contextlib
import fcntl
import os
import pty
import re
import select
import subprocess
import termios
import threading
import time
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

import pytest
from integration.install.machine import ANSWERS, OPERATOR, Machine
from integration.install.test_join import ended, invite

from install.values.questions import QUESTIONS

Make = Callable[..., Machine]
ENTER = "\n"
FILES = {each.name: each.file for each in QUESTIONS}
TYPED_SECRETS = ("TWITCH_CLIENT_SECRET", "WEBHOOK_URL", "CLOUDFLARED_TOKEN")


class Terminal:
    """A terminal at which an installer runs."""

    def __init__(self, machine: Machine, *words: str) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            machine.command(*words), stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )  # fmt: skip
        os.close(theirs)
        self.shown = ""
        self._read_to = 0

    def wait_for(self, text: str, seconds: float = 60) -> str:
        """Wait until something new is shown; return what came before it."""
        until = time.monotonic() + seconds
        while text not in self.shown[self._read_to :]:
            assert time.monotonic() < until, self.shown
            if select.select([self._ours], [], [], 1)[0]:
                try:
                    self.shown += os.read(self._ours, 4096).decode().replace("\r\n", "\n")
                except OSError:
                    assert text in self.shown[self._read_to :], self.shown
        at = self.shown.index(text, self._read_to)
        before, self._read_to = self.shown[self._read_to : at], at + len(text)
        return before

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def end(self) -> int:
        self.wait_for("changed=")
        return self.process.wait(30)


class ProcessList:
    """All that `ps` would show of commands and environments, as often as it can be looked at."""

    def __init__(self, secrets: list[str]) -> None:
        self._secrets = [secret.encode() for secret in secrets]
        self.looks, self.found = 0, set[str]()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look_on)

    def __enter__(self) -> "ProcessList":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _look_on(self) -> None:
        while not self._is_over.wait(0.01):
            self.looks += 1
            for file in (*Path("/proc").glob("[0-9]*/cmdline"), *Path("/proc").glob("[0-9]*/environ")):
                with contextlib.suppress(OSError):
                    text = file.read_bytes()
                    self.found |= {f"{file}: {text[:200]!r}" for secret in self._secrets if secret in text}


def answer_all(terminal: Terminal, answers: dict[str, str]) -> None:
    """Type every value, each where it is asked for."""
    for prompt, name in (
        ("Name of the website", "SITE_DOMAINS"),
        ("client id", "TWITCH_CLIENT_ID"),
        ("Its secret", "TWITCH_CLIENT_SECRET"),
        ("always watched", "PINNED_CHANNELS"),
        ("webhook", "WEBHOOK_URL"),
        ("Tunnel's token", "CLOUDFLARED_TOKEN"),
        ("time zone", "OPERATOR_ZONE"),
    ):
        terminal.wait_for(prompt)
        terminal.wait_for(": ")
        terminal.type(answers[name] + ENTER)


def test_seven_values_then_the_line_for_b(make: Make) -> None:
    """What is secret is on no screen, in no command, no environment and no log."""
    machine = make(uid=OPERATOR)
    own = {**ANSWERS, **{name: ANSWERS[name] + token_hex(8) for name in TYPED_SECRETS}}  # that no other test has
    with ProcessList([own[name] for name in TYPED_SECRETS]) as processes:
        terminal = Terminal(machine, "infrastructure/install.sh", "reliable")
        seven_values(terminal, own)
    assert processes.looks > 20
    assert processes.found == set()
    for name in TYPED_SECRETS:
        assert machine.secret(FILES[name]) == own[name]
        assert own[name] not in terminal.shown
        assert not [log for log in (machine.checkout / ".install").glob("*") if own[name] in log.read_text()]
    assert ANSWERS["SITE_DOMAINS"] in terminal.shown, "what is no secret can be checked"
    terminal.type("\x03")
    assert terminal.end() in (1, 130)  # 130: of the shell around it
    assert "run it again" in terminal.shown.lower()
    again = Terminal(machine, "infrastructure/install.sh", "reliable")
    again.wait_for("join:100.64.0.1:9190:")
    assert "question" not in again.shown
    again.type("\x03")
    again.wait_for("changed=0")


def seven_values(terminal: Terminal, answers: dict[str, str]) -> None:
    """Go all the way to the line for B."""
    terminal.wait_for("Stream Scout: installing machine A (reliable) on Ubuntu 24.04.3 LTS", seconds=15)
    terminal.wait_for("7 questions")
    answer_all(terminal, answers)
    terminal.wait_for("https://login.tailscale.com/a/")  # nothing else is asked
    terminal.wait_for("Machine A runs. In your tailnet: http://100.64.0.1:5000")
    terminal.wait_for("infrastructure/install.sh processing")
    terminal.wait_for("join:100.64.0.1:9190:")


def test_a_wrong_answer_is_asked_for_again(make: Make) -> None:
    terminal = Terminal(make(), "infrastructure/install.sh", "reliable")
    terminal.wait_for("Name of the website")
    terminal.type("https://www.example.org/" + ENTER)
    terminal.wait_for("SITE_DOMAINS has to look like www.example.org")
    terminal.wait_for("Name of the website")
    terminal.type("\x03")
    assert terminal.end() in (1, 130)  # 130: of the shell around it


def test_b_pastes_the_line_unseen_and_signs_in(make: Make) -> None:
    a, b = make("A"), make("B", uid=0)
    assert a.install("reliable", TS_AUTHKEY="tskey-auth-x", **ANSWERS).code == 0
    waiting, line = invite(a)
    terminal = Terminal(b, "infrastructure/install.sh", "processing")
    terminal.wait_for("https://login.tailscale.com/a/")
    terminal.wait_for("The line that machine A has printed")
    terminal.type(line + ENTER)
    assert ended(waiting).code == 0
    terminal.wait_for("Open https://www.twitch.tv/activate and enter ABCDEFGH")
    terminal.wait_for("Machine B runs.")
    assert terminal.end() == 0
    assert line.rpartition(":")[2] not in terminal.shown
    assert "clip-creator" in b.state["containers"]["processing"]


@pytest.mark.parametrize("words", [("--help",), ()])
def test_help_names_the_variables(make: Make, words: tuple[str, ...]) -> None:
    done = make().run("infrastructure/install.sh", *words)
    assert done.code == (0 if words else 2)
    if words:
        assert all(name in re.sub(r"\s+", " ", done.output) for name in (*ANSWERS, "TS_AUTHKEY", "JOIN_LINE"))
