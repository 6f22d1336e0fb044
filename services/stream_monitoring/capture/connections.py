"""Many sockets, about 90 channels each: opened slowly, reopened with backoff, each checked for silence."""

import asyncio
import ssl
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

import structlog

from contracts import metrics
from service_runtime.backoff import Backoff
from service_runtime.measures import measure
from service_runtime.reachability import why_unreachable
from stream_monitoring.capture.chat_socket import ChatSocket, ParseChunk
from stream_monitoring.capture.coverage import CoverageTracker
from stream_monitoring.capture.slot import Slot
from stream_monitoring.capture.ticks import TickPause
from stream_monitoring.chat.clocks import TwitchClock

log = structlog.get_logger()

PORT, SECURE_PORT = 6667, 6697  # where the address names none
CHANNELS_PER_SOCKET = 90
SECONDS_BETWEEN_CONNECTIONS = 0.55  # the largest public reader's pace, found by trying
CONNECT_SECONDS = 10.0  # deadline of one attempt
RECONNECT = Backoff(first_seconds=0.5, longest_seconds=60.0, jitter=0.5)
STEADY_SECONDS = 30.0  # a connection that lasted so long resets the backoff
NO_ROOM = "no room on the disk"
EXPECTED_REASONS = ("reconnect", "stopped", NO_ROOM)  # a socket closed for these does not pause ticks
# After RECONNECT the old socket reads on until the new one has joined, or Twitch closes it, or so long: 90 joins take
# 41 s, and a channel that did not answer is joined again after 30 s.
HANDOVER_SECONDS = 120.0


class Connections:
    """Read the wanted channels. Everything here runs in one event loop."""

    def __init__(
        self,
        *,
        url: str,
        parse: ParseChunk,
        coverage: CoverageTracker,
        tick_pause: TickPause,
        clock: TwitchClock,
        machine_now: Callable[[], int],
        record_time: Callable[[], int],
        on_first_join: Callable[[str, str], None],
    ) -> None:
        """`record_time`: Twitch's time for a new record, later than the last tick.

        `on_first_join`: called with login and channel id when a channel is read that no socket read before.
        """
        address = urlsplit(url)
        self._is_secure = address.scheme == "ircs"
        self._host = address.hostname or ""
        self._port = address.port or (SECURE_PORT if self._is_secure else PORT)
        self._parse = parse
        self._coverage = coverage
        self._tick_pause = tick_pause
        self._clock = clock
        self._now = machine_now
        self._record_time = record_time
        self._on_first_join = on_first_join
        self._sockets: set[ChatSocket] = set()
        self._slots: list[Slot] = []
        self._connecting = asyncio.Lock()
        self._may_connect = asyncio.Event()
        self._may_connect.set()
        self._paused = False
        self.last_problem = ""

    # SocketListener

    def channel_joined(self, socket: ChatSocket, login: str, channel_id: str) -> None:
        """Record that the channel is read."""
        if self._coverage.joined(login, channel_id, socket.number, self._record_time()):
            self._on_first_join(login, channel_id)

    def reconnect_requested(self, socket: ChatSocket) -> None:
        """Open a new socket before the old one closes."""
        for slot in self._slots:
            if slot.socket is socket and slot.retiring is None:
                slot.retire_socket()
                asyncio.get_running_loop().call_later(HANDOVER_SECONDS, socket.close, "reconnect")
                socket.retire("reconnect")

    def socket_closed(self, socket: ChatSocket) -> None:
        """Begin a gap at the socket's last answer in each channel that it read alone."""
        self._sockets.discard(socket)
        reason, answered_through = socket.close_reason, socket.progress.answered_through
        measure(metrics.RECONNECTS).labels(reason=reason).inc()
        for login in socket.joined:
            self._coverage.lost(login, socket.number, answered_through, reason)
        if reason not in EXPECTED_REASONS:
            missing = (socket.joined & self.wanted_logins) - self.reading_logins
            self._tick_pause.socket_lost(missing, answered_through, reason == "deaf", self._now())
        for slot in self._slots:
            slot.release_retiring(socket)

    # what the capture loop uses

    def answered_through(self) -> list[int]:
        """Return how far each open socket with channels, and each that pauses ticks, has answered (Twitch's clock)."""
        pause = self._tick_pause
        paused = pause.answered_through(self.reading_logins, self._now()) if pause.is_pending else []
        return [*paused, *(socket.progress.answered_through for socket in self._sockets if socket.wanted)]

    def ask_since(self, since: int) -> None:
        """Ask each socket that has not answered since this machine time, once."""
        for socket in self._sockets:
            socket.ask_since(since, self._now())

    @property
    def open_sockets(self) -> int:
        """How many sockets are open."""
        return len(self._sockets)

    @property
    def reading_logins(self) -> set[str]:
        """The channels that some socket reads now."""
        return {login for socket in self._sockets for login in socket.joined}

    @property
    def wanted_logins(self) -> set[str]:
        """The channels that should be read."""
        return {login for slot in self._slots for login in slot.logins}

    def want(self, logins: Iterable[str]) -> None:
        """Read these channels and no others."""
        wanted, present = set(logins), self.wanted_logins
        for slot in self._slots:
            for login in slot.logins - wanted:
                self._coverage.left(login, self._record_time())
                slot.leave(login)
        for login in sorted(wanted - present):
            self._slot_with_space().watch(login)

    def _slot_with_space(self) -> Slot:
        slot = next((slot for slot in self._slots if len(slot.logins) < CHANNELS_PER_SOCKET), None)
        if slot is None:
            slot = Slot()
            slot.start(self._keep_open)
            self._slots.append(slot)
        return slot

    async def _keep_open(self, slot: Slot) -> None:
        attempt = 0
        while True:
            await self._may_connect.wait()
            if not slot.logins:
                await asyncio.sleep(1)
                continue
            started = self._now()
            reason = await self._one_connection(slot)
            lasted = (self._now() - started) / 1000
            attempt = 1 if lasted > STEADY_SECONDS else attempt + 1
            if reason == "reconnect":
                attempt = 0
                continue
            self.last_problem = reason
            wait = RECONNECT.wait_seconds(attempt)
            log.warning("chat: socket closed", reason=reason, lasted_seconds=lasted, wait_seconds=round(wait, 2))
            await asyncio.sleep(wait)

    async def _one_connection(self, slot: Slot) -> str:
        """Open a socket and wait until it is closed or retired; return why it ended."""
        await self._let_handovers_pass(slot)
        async with self._connecting:
            try:
                socket = await asyncio.wait_for(self._connect(slot.logins), CONNECT_SECONDS)
            except (OSError, TimeoutError) as error:
                return why_unreachable(error, self._host, self._port)
            finally:
                await asyncio.sleep(SECONDS_BETWEEN_CONNECTIONS)
        slot.use(socket)
        reason = await socket.ended()
        slot.release(socket)
        return reason

    async def _let_handovers_pass(self, slot: Slot) -> None:
        """Wait while another slot's socket is about to be closed by Twitch and has no successor yet."""
        while slot.retiring is None and any(each.needs_successor for each in self._slots):
            await asyncio.sleep(SECONDS_BETWEEN_CONNECTIONS)

    async def _connect(self, logins: set[str]) -> ChatSocket:
        context = ssl.create_default_context() if self._is_secure else None
        loop = asyncio.get_running_loop()
        _, socket = await loop.create_connection(
            lambda: ChatSocket(
                logins=logins, listener=self, parse=self._parse, clock=self._clock, machine_now=self._now
            ),
            self._host,
            self._port,
            ssl=context,
        )
        self._sockets.add(socket)
        if self._paused:
            socket.pause(True)
        return socket

    def check_sockets(self) -> None:
        """Ping quiet sockets, close deaf ones, join more channels, finish handovers; call it every quarter second."""
        now = self._now()
        for socket in list(self._sockets):
            if socket.progress.is_deaf(now):
                log.error("chat: socket is deaf", socket=socket.number, channels=len(socket.joined))
                socket.close(NO_ROOM if self._paused else "deaf")
                continue
            socket.ping_if_quiet(now)
            socket.join_pending()
        for slot in self._slots:
            slot.finish_handover()

    def discount(self, milliseconds: int) -> None:
        """Do not count a stall of this process as the sockets' silence."""
        for socket in self._sockets:
            socket.progress.discount(milliseconds)

    def pause(self, paused: bool) -> None:
        """Stop or resume reading and connecting."""
        if paused == self._paused:
            return
        self._paused = paused
        (self._may_connect.clear if paused else self._may_connect.set)()
        for socket in self._sockets:
            socket.pause(paused)

    def stop(self) -> None:
        """Close every socket and open none again."""
        for slot in self._slots:
            slot.stop()
        for socket in list(self._sockets):
            socket.close("stopped")
