"""Chooses free TCP ports on loopback, and says plainly which one is taken."""

import socket
from collections.abc import Mapping
from contextlib import ExitStack, suppress

import psutil

from embedded.problems import SetupError
from service_runtime.ports import why_not_free

LOOPBACK = "127.0.0.1"
OTHER_PORT = 1000  # far enough from the system's other ports
END_OF_PORTS = 65536


def free_ports(count: int) -> list[int]:
    """`count` different ports that nobody listens on now."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return [each.getsockname()[1] for each in sockets]


def is_free(port: int, address: str = LOOPBACK) -> bool:
    """Whether a server could listen on the port now."""
    return why_not_free(address, port) is None


def holder(port: int) -> str:
    """Who listens on the port, as far as this user may know: " by redis-server (process 12)" or nothing."""
    with suppress(psutil.Error):
        for each in psutil.net_connections("tcp"):
            if each.status == psutil.CONN_LISTEN and each.pid and each.laddr and each.laddr.port == port:
                return f" by {psutil.Process(each.pid).name()} (process {each.pid})"
    return ""


def taken_ports(ports: Mapping[str, int], address: str = LOOPBACK) -> list[str]:
    """One line for each taken port: who has it and which setting chooses another. `ports`: setting -> port."""
    return [
        f"Port {port} is taken{holder(port)}. Stop that program, or choose another port: {setting}={another(port)}"
        for setting, port in ports.items()
        if not is_free(port, address)
    ]


def another(port: int) -> int:
    """A port to try in place of a taken one."""
    return port + OTHER_PORT if port + OTHER_PORT < END_OF_PORTS else port - OTHER_PORT


def require_free(ports: Mapping[str, int]) -> None:
    """Raise SetupError where a port is taken."""
    if taken := taken_ports(ports):
        raise SetupError("\n".join(taken))
