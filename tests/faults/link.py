"""The link between the two machines: a pair of network interfaces, machine A's end in its own network namespace.

Machine B's programs reach A's Postgres at the far end's address, through the kernel's own TCP. A relay listens there
and forwards to loopback, so that the servers themselves need no namespace.
"""

import asyncio
import ctypes
import os
import shutil
import socket
import subprocess
import threading
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Literal

Mode = Literal["open", "cut", "half_open", "slow", "lossy"]
CHUNK_BYTES = 64 * 1024
CLONE_NEWNET = 0x40000000  # linux/sched.h
SLOW = "tbf rate 256kbit burst 8kb latency 400ms"
LOSS = 0.2
TOOLS = ("ip", "iptables", "tc")
numbers = count(os.getpid() % 200)


def why_not() -> str:
    """Return why no link can be made here; empty if one can."""
    if os.geteuid() != 0:
        return "a network namespace needs root"
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        return f"{', '.join(missing)} is missing: apt-get install iproute2 iptables"
    probe = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=False)
    return "" if probe.returncode == 0 else f"no network namespace is available: {probe.stderr.strip()}"


class Link:
    """Forwards `host`:`port` in the namespace to 127.0.0.1:`target` of this one.

    cut: the interface is down. half_open: all packets are dropped silently. slow: 256 kbit/s in each direction.
    lossy: a fifth of the packets is dropped in each direction.
    """

    def __init__(self, port: int, target: int) -> None:
        number = next(numbers) % 250
        self.port, self._target = port, target
        self.host, near = f"10.77.{number}.1", f"10.77.{number}.2"
        self._namespace, self._far, self._near = f"scout-a-{number}", f"scoutA{number}", f"scoutB{number}"
        _run("ip", "netns", "add", self._namespace)
        _run("ip", "link", "add", self._far, "netns", self._namespace, "type", "veth", "peer", "name", self._near)
        self._at_a("ip", "addr", "add", f"{self.host}/30", "dev", self._far)
        _run("ip", "addr", "add", f"{near}/30", "dev", self._near)
        for device in ("lo", self._far):
            self._at_a("ip", "link", "set", device, "up")
        _run("ip", "link", "set", self._near, "up")
        self._undo: list[tuple[str, ...]] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        listening = socket_in(self._namespace, self.host, port)
        serving = asyncio.start_server(self._connected, sock=listening)
        self._server = asyncio.run_coroutine_threadsafe(serving, self._loop).result(10)

    def set_mode(self, mode: Mode) -> None:
        """Change the link's mode, also for open connections."""
        while self._undo:
            _run(*self._undo.pop())
        if mode == "cut":
            self._change(("ip", "link", "set", self._near, "down"), ("ip", "link", "set", self._near, "up"))
        elif mode == "half_open":
            self._drop()
        elif mode == "lossy":
            self._drop("-m", "statistic", "--mode", "random", "--probability", str(LOSS))
        elif mode == "slow":
            for at_a, device in (((), self._near), (self._inside(), self._far)):
                shaped = (*at_a, "tc", "qdisc"), ("dev", device, "root")
                self._change((*shaped[0], "add", *shaped[1], *SLOW.split()), (*shaped[0], "del", *shaped[1]))

    def _drop(self, *chance: str) -> None:
        """Drop incoming packets at both ends."""
        for at_a, device in (((), self._near), (self._inside(), self._far)):
            rule = ("INPUT", "-i", device, *chance, "-j", "DROP")
            self._change((*at_a, "iptables", "-I", *rule), (*at_a, "iptables", "-D", *rule))

    def _change(self, do: tuple[str, ...], undo: tuple[str, ...]) -> None:
        _run(*do)
        self._undo.append(undo)

    def _inside(self) -> tuple[str, ...]:
        return ("ip", "netns", "exec", self._namespace)

    def _at_a(self, *command: str) -> None:
        _run(*self._inside(), *command)

    def close(self) -> None:
        """Stop forwarding and delete the namespace with its interfaces."""
        self.set_mode("open")
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        _run("ip", "link", "del", self._near)
        _run("ip", "netns", "del", self._namespace)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()  # type: ignore[attr-defined]
            return
        with suppress(OSError):
            await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        for each in (writer, far_writer):
            each.transport.abort()  # type: ignore[attr-defined]

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()
        if not writer.is_closing():
            writer.write_eof()


def socket_in(namespace: str, host: str, port: int) -> socket.socket:
    """Return a listening socket in another network namespace; a socket stays where it was created."""
    made: list[socket.socket | OSError] = []

    def make() -> None:  # only this thread changes its namespace, and it ends afterwards
        try:
            with Path(f"/run/netns/{namespace}").open() as handle:
                if ctypes.CDLL(None, use_errno=True).setns(handle.fileno(), CLONE_NEWNET):
                    raise OSError(ctypes.get_errno(), f"setns {namespace}")
            made.append(socket.create_server((host, port)))
        except OSError as error:
            made.append(error)

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    if isinstance(made[0], OSError):
        raise made[0]
    return made[0]


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
