"""Chooses free TCP ports on loopback, and reports those in use."""

import itertools
import random
from collections.abc import Mapping
from contextlib import suppress

import psutil

from embedded.problems import SetupError
from service_runtime.ports import why_not_free

LOOPBACK = "127.0.0.1"
OTHER_PORT = 1000  # far enough from the system's other ports
END_OF_PORTS = 65536
# Below what the kernel gives to outgoing connections (from 32,768, net.ipv4.ip_local_port_range): a port of theirs may
# be taken between the choice and the server's start. No service's own port is among these.
CHOSEN_PORTS = range(21000, 32768)
# Each process begins elsewhere, and hands out no port twice before the others had their turn.
_turn = itertools.count(random.randrange(len(CHOSEN_PORTS)))


def free_ports(count: int) -> list[int]:
    """Return `count` different ports that are free now, each process its own."""
    turns = itertools.islice(_turn, len(CHOSEN_PORTS))
    free = (port for turn in turns if is_free(port := CHOSEN_PORTS[turn % len(CHOSEN_PORTS)]))
    return list(itertools.islice(free, count))


def is_free(port: int, address: str = LOOPBACK) -> bool:
    """Return whether a server could listen on the port now."""
    return why_not_free(address, port) is None


def user_of(port: int) -> str:
    """Return which program listens on the port, " by redis-server (process 12)"; empty if this user cannot see it."""
    with suppress(psutil.Error):
        for each in psutil.net_connections("tcp"):
            if each.status == psutil.CONN_LISTEN and each.pid and each.laddr and each.laddr.port == port:
                return f" by {psutil.Process(each.pid).name()} (process {each.pid})"
    return ""


def used_ports(ports: Mapping[str, int], address: str = LOOPBACK) -> list[str]:
    """Return one line per port in use: by which program, and the setting that changes it. `ports`: setting to port."""
    return [
        f"Port {port} is in use{user_of(port)}. Stop that program or choose another port: {setting}={another(port)}"
        for setting, port in ports.items()
        if not is_free(port, address)
    ]


def another(port: int) -> int:
    """Return a port to try instead."""
    return port + OTHER_PORT if port + OTHER_PORT < END_OF_PORTS else port - OTHER_PORT


def require_free(ports: Mapping[str, int]) -> None:
    """Raise SetupError if a port is in use."""
    if used := used_ports(ports):
        raise SetupError("\n".join(used))
