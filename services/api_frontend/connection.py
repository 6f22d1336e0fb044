"""A visitor's connection: the kernel closes it once the visitor takes nothing for a while."""

import socket

from uvicorn.protocols.http.h11_impl import H11Protocol

from contracts import metrics
from service_runtime.measures import measure

# With the 5 s that news may take to fill the visitor's buffer less than 30 s; a phone changes its cell in less.
STALL_SECONDS = 15


def close_stalled(listening: socket.socket) -> None:
    """Have the kernel close the socket's connections when what was sent is not taken for `STALL_SECONDS`."""
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STALL_SECONDS * 1000)  # accepted ones inherit it


class Connection(H11Protocol):
    """uvicorn's HTTP/1.1, which counts the connections that were closed for that."""

    def connection_lost(self, exc: Exception | None) -> None:
        """Count the connection if the kernel closed it, and end its requests."""
        if isinstance(exc, TimeoutError):
            measure(metrics.STALLED_CONNECTIONS).inc()
        super().connection_lost(exc)
