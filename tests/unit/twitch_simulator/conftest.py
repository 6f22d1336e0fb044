"""A fake socket that records what is written, and rooms on a clock that tests set."""

import pytest

from twitch_simulator.irc.rooms import Connection, Rooms


class FakeWire:
    """Records what is written to it."""

    def __init__(self) -> None:
        self.text = ""
        self.closed = False
        self.waiting = 0
        self.on_send = lambda: None

    def is_open(self) -> bool:
        return not self.closed

    def send(self, text: str) -> None:
        self.on_send()
        self.text += text

    def send_bytes(self, data: bytes) -> None:
        self.send(data.decode("utf-8", "replace"))

    def waiting_bytes(self) -> int:
        return self.waiting

    def close(self, abort: bool) -> None:
        self.closed = True


class Sockets:
    """Rooms, a clock in milliseconds, and sockets that join the rooms."""

    def __init__(self) -> None:
        self.now = 1_795_369_181_000
        self.rooms = Rooms(lambda: self.now)

    def connect(self, *logins: str, tags: bool = True) -> tuple[Connection, FakeWire]:
        wire = FakeWire()
        connection = self.rooms.open(wire, "tcp")
        connection.capabilities |= {"twitch.tv/tags", "twitch.tv/commands"} if tags else set()
        for login in logins:
            self.rooms.join(connection, login)
        return connection, wire


@pytest.fixture
def sockets() -> Sockets:
    return Sockets()
