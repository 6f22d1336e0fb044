"""A group of channels that share a socket, and the handover to a new socket."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from stream_monitoring.capture.chat_socket import ChatSocket


@dataclass(slots=True, eq=False)
class Slot:
    """`retiring` still reads while `socket` joins its channels."""

    logins: set[str] = field(default_factory=set)
    socket: ChatSocket | None = None
    retiring: ChatSocket | None = None
    task: asyncio.Task[None] | None = None

    def start(self, keep_open: Callable[["Slot"], Coroutine[Any, Any, None]]) -> None:
        """Start the task that keeps the slot's socket open."""
        self.task = asyncio.create_task(keep_open(self))

    def stop(self) -> None:
        """Open no socket any more."""
        if self.task is not None:
            self.task.cancel()

    def use(self, socket: ChatSocket) -> None:
        """Read these channels on a new socket, including changes made while it was connecting."""
        self.socket = socket
        for login in self.logins - socket.wanted:
            socket.watch(login)
        for login in socket.wanted - self.logins:
            socket.leave(login)

    def retire_socket(self) -> None:
        """Make room for a new socket while the present one reads on."""
        self.retiring, self.socket = self.socket, None

    @property
    def needs_successor(self) -> bool:
        """Whether the retiring socket is the only one, and there are channels for another."""
        return bool(self.logins) and self.retiring is not None and self.socket is None

    def release(self, socket: ChatSocket) -> None:
        """Forget a socket that has ended."""
        if self.socket is socket:
            self.socket = None

    def release_retiring(self, socket: ChatSocket) -> None:
        """Forget a retiring socket that has closed."""
        if self.retiring is socket:
            self.retiring = None

    def finish_handover(self) -> None:
        """Close the retiring socket once the new one has joined all its channels."""
        if self.retiring and self.socket and self.retiring.joined <= self.socket.joined:
            self.retiring.close("reconnect")
            self.retiring = None

    def watch(self, login: str) -> None:
        """Add a channel."""
        self.logins.add(login)
        if self.socket is not None:
            self.socket.watch(login)

    def leave(self, login: str) -> None:
        """Remove a channel."""
        self.logins.discard(login)
        for socket in (self.socket, self.retiring):
            if socket is not None:
                socket.leave(login)
