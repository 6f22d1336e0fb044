"""Many sockets, about 90 channels each: opened slowly, reopened with patience, each watched for silence."""

import asyncio
import random
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import structlog

from contracts import metrics
from service_runtime.measures import measure
from stream_monitoring.capture.chat_socket import ChatSocket
from stream_monitoring.capture.coverage import CoverageBook
from stream_monitoring.capture.hold import Hold
from stream_monitoring.chat.chat_reader import ChatReader
from stream_monitoring.chat.parser import Event
from stream_monitoring.chat.twitch_clock import TwitchClock

log = structlog.get_logger()

CHANNELS_A_SOCKET = 90
SECONDS_BETWEEN_CONNECTIONS = 0.55  # the largest public reader's pace, found by trying
CONNECT_SECONDS = 10.0  # deadline of one attempt
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 60.0
STEADY_SECONDS = 30.0  # a connection that lasted so long was a good one: begin again with the first wait
ASKED_REASONS = ("reconnect", "stopped", "no room on the disk")  # a socket closed for these holds no tick back
HANDOVER_SECONDS = 20.0  # after RECONNECT the old socket reads on until the new one has joined


@dataclass(slots=True, eq=False)
class Slot:
    """A group of channels that share a socket. `retiring` still reads while `socket` takes over."""

    logins: set[str] = field(default_factory=set)
    socket: ChatSocket | None = None
    retiring: ChatSocket | None = None
    task: asyncio.Task[None] | None = None


def wait_seconds(attempt: int, chance: float) -> float:
    """How long to wait before attempt 1, 2, …: doubling, with jitter; `chance` in [0, 1)."""
    longest = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2.0 ** min(attempt - 1, 16))
    return longest * (0.5 + chance / 2)


class Connections:
    """Reads the wanted channels. Everything here runs in one event loop."""

    def __init__(
        self,
        url: str,
        reading: ChatReader,
        joined: Callable[[str, str], None],
        book: CoverageBook,
        clock: TwitchClock,
        machine_now: Callable[[], int],
        hold: Hold,
    ) -> None:
        self._hold = hold
        self._address = urlsplit(url)
        self._reading = reading
        self._joined = joined
        self._book = book
        self._clock = clock
        self.now = machine_now
        self.sockets: set[ChatSocket] = set()
        self._slots: list[Slot] = []
        self._gate = asyncio.Lock()
        self._may_connect = asyncio.Event()
        self._may_connect.set()
        self._paused = False
        self.last_trouble = ""

    # what a socket asks of its owner

    def parse(self, chunk: bytes, received_at: int) -> tuple[list[Event], int]:
        """Hand lines to the reading."""
        return self._reading.read(chunk, received_at)

    def twitch_now(self) -> int:
        """Twitch's time now."""
        return self._clock.now(self.now())

    def _time_of_records(self) -> int:
        return max(self._clock.estimate(self.now()), self._reading.last_tick + 1)

    def twitch_time(self, machine_ms: int) -> int:
        """Twitch's time at a time of the machine's clock."""
        return self._clock.now(machine_ms)

    def on_joined(self, socket: ChatSocket, login: str, channel_id: str) -> None:
        """A room's messages come on this socket from now on."""
        if self._book.joined(login, channel_id, socket.number, self._time_of_records()):
            self._joined(login, channel_id)

    def on_moved_on(self, socket: ChatSocket) -> None:
        """Twitch sent RECONNECT: a new socket takes over before the old one goes."""
        for slot in self._slots:
            if slot.socket is socket and slot.retiring is None:
                slot.retiring, slot.socket = socket, None
                socket.reason = "reconnect"
                asyncio.get_running_loop().call_later(HANDOVER_SECONDS, socket.close, "reconnect")
                if not socket.closed.done():
                    socket.closed.set_result("reconnect")

    def on_closed(self, socket: ChatSocket) -> None:
        """Whatever it read has a gap from its last answer on."""
        self.sockets.discard(socket)
        measure(metrics.RECONNECTS).labels(reason=socket.reason).inc()
        for login in socket.joined:
            self._book.lost(login, socket.number, socket.answered.through, socket.reason)
        if socket.reason not in ASKED_REASONS:
            missing = (socket.joined & self.wanted_logins) - self.reading_logins
            self._hold.lost(missing, socket.answered.through, socket.reason == "deaf", self.now())
        for slot in self._slots:
            if slot.retiring is socket:
                slot.retiring = None

    # what the capture asks

    def answered_through(self) -> list[int]:
        """For each open socket that reads a channel, and each just lost: how far it has answered, on Twitch's clock."""
        held = self._hold.through(self.reading_logins, self.now())
        return [*held, *(socket.answered.through for socket in self.sockets if socket.wanted)]

    @property
    def reading_logins(self) -> set[str]:
        """The channels that some socket reads now."""
        return {login for socket in self.sockets for login in socket.joined}

    @property
    def wanted_logins(self) -> set[str]:
        """The channels that should be read."""
        return {login for slot in self._slots for login in slot.logins}

    def want(self, logins: Iterable[str]) -> None:
        """Read these channels and no others."""
        wanted, present = set(logins), self.wanted_logins
        for slot in self._slots:
            for login in slot.logins - wanted:
                self._leave(slot, login)
        for login in sorted(wanted - present):
            self._watch(login)

    def _watch(self, login: str) -> None:
        slot = next((slot for slot in self._slots if len(slot.logins) < CHANNELS_A_SOCKET), None)
        if slot is None:
            slot = Slot()
            self._slots.append(slot)
        slot.logins.add(login)
        if slot.socket is not None:
            slot.socket.watch(login)
        if slot.task is None:
            slot.task = asyncio.create_task(self._keep_open(slot))

    def _leave(self, slot: Slot, login: str) -> None:
        slot.logins.discard(login)
        self._book.left(login, self._time_of_records())
        for socket in (slot.socket, slot.retiring):
            if socket is not None:
                socket.leave(login)

    async def _keep_open(self, slot: Slot) -> None:
        attempt = 0
        while True:
            await self._may_connect.wait()
            if not slot.logins:
                await asyncio.sleep(1)
                continue
            started = self.now()
            reason = await self._one_connection(slot)
            lasted = (self.now() - started) / 1000
            attempt = 1 if lasted > STEADY_SECONDS else attempt + 1
            if reason == "reconnect":
                attempt = 0
                continue
            self.last_trouble = reason
            wait = wait_seconds(attempt, random.random())  # noqa: S311 - jitter
            log.warning("chat: socket is closed", reason=reason, lasted_seconds=lasted, wait_seconds=round(wait, 2))
            await asyncio.sleep(wait)

    async def _one_connection(self, slot: Slot) -> str:
        """Open a socket and wait until it is closed or moved on; why it ended."""
        async with self._gate:
            try:
                socket = await asyncio.wait_for(self._connect(slot.logins), CONNECT_SECONDS)
            except (OSError, TimeoutError) as error:
                return f"cannot connect: {type(error).__name__}"
            finally:
                await asyncio.sleep(SECONDS_BETWEEN_CONNECTIONS)
        slot.socket = socket
        for login in slot.logins - socket.wanted:  # chosen while it was connecting
            socket.watch(login)
        for login in socket.wanted - slot.logins:
            socket.leave(login)
        reason: str = await socket.closed
        if slot.socket is socket:
            slot.socket = None
        return reason

    async def _connect(self, logins: set[str]) -> ChatSocket:
        secure = self._address.scheme == "ircs"
        port = self._address.port or (6697 if secure else 6667)
        context = ssl.create_default_context() if secure else None
        loop = asyncio.get_running_loop()
        _, socket = await loop.create_connection(
            lambda: ChatSocket(self, logins), self._address.hostname or "", port, ssl=context
        )
        self.sockets.add(socket)
        if self._paused:
            socket.pause(True)
        return socket

    def tend(self) -> None:
        """Every quarter of a second or so: ask quiet sockets, close deaf ones, join more rooms."""
        now = self.now()
        for socket in list(self.sockets):
            if socket.answered.is_deaf(now):
                log.error("chat: socket is deaf", socket=socket.number, channels=len(socket.joined))
                socket.close("no room on the disk" if self._paused else "deaf")
                continue
            socket.ask(now)
            socket.join_some()
        for slot in self._slots:
            if slot.retiring and slot.socket and slot.retiring.joined <= slot.socket.joined:
                slot.retiring.close("reconnect")
                slot.retiring = None

    def forgive(self, milliseconds: int) -> None:
        """This process stood still for so long: no socket is to blame."""
        for socket in self.sockets:
            socket.answered.forgive(milliseconds)

    def pause(self, paused: bool) -> None:
        """Stop reading while the spool has no room; go on afterwards."""
        if paused == self._paused:
            return
        self._paused = paused
        (self._may_connect.clear if paused else self._may_connect.set)()
        for socket in self.sockets:
            socket.pause(paused)

    def stop(self) -> None:
        """Close everything; nothing is opened again."""
        for slot in self._slots:
            if slot.task is not None:
                slot.task.cancel()
        for socket in list(self.sockets):
            socket.close("stopped")
