"""Finds the sockets on which a system's processes accept connections or datagrams."""

import socket
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any

import psutil

from embedded.processes.processes import PROGRAM_MARK, marked


@dataclass(frozen=True)
class Listener:
    """One socket. `program`: the name of the system's program that its process belongs to."""

    program: str
    command: str
    address: IPv4Address | IPv6Address
    port: int

    @property
    def on_loopback(self) -> bool:
        """Return whether only this machine reaches it."""
        mapped = self.address.ipv4_mapped if isinstance(self.address, IPv6Address) else None
        return (mapped or self.address).is_loopback


def listeners(folder: Path) -> list[Listener]:
    """Return every listening socket of the system in `folder`: TCP and UDP, IPv4 and IPv6."""
    return listeners_of(with_descendants(marked(folder)))


def with_descendants(processes: Iterable[psutil.Process]) -> list[psutil.Process]:
    """Add the descendants, some of which hide their environment and with it the system's mark."""
    family: dict[int, psutil.Process] = {}
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            family |= {each.pid: each for each in (process, *process.children(recursive=True))}
    return list(family.values())


def listeners_of(processes: Iterable[psutil.Process]) -> list[Listener]:
    """Return every listening socket of the processes; a process that has ended has none. Raises psutil.AccessDenied."""
    found: list[Listener] = []
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            found += _listeners_of(process)
    return found


def _listeners_of(process: psutil.Process) -> list[Listener]:
    open_sockets = [each for each in process.net_connections("inet") if _accepts(each)]
    if not open_sockets:
        return []
    program, command = _program(process), " ".join(process.cmdline())[:200]
    return [Listener(program, command, ip_address(each.laddr.ip), each.laddr.port) for each in open_sockets]


def _accepts(found: Any) -> bool:
    if found.type == socket.SOCK_STREAM:
        return bool(found.status == psutil.CONN_LISTEN)
    return bool(found.laddr) and not found.raddr


def _program(process: psutil.Process) -> str:
    with suppress(psutil.Error):
        return str(process.environ().get(PROGRAM_MARK, process.name()))
    return str(process.name())
