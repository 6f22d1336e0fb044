"""Asks Twitch's chat itself, while the system starts, whether it answers and knows the named rooms."""

import re
import socket
import ssl
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from service_runtime.reachability import why_unreachable
from stream_monitoring.channels.pinned import NOT_IN_CHAT

CONNECT_SECONDS = 8.0
ANSWER_SECONDS = 8.0  # Twitch lets us into a room within one
MOST_ROOMS = 20  # Twitch's limit of joins in 10 s
PORTS = {"irc": 6667, "ircs": 6697}
WELCOME = re.compile(rb"^:\S+ 001 ", re.MULTILINE)
ROOM = re.compile(rb" ROOMSTATE #(\w+)")


def chat_complaints(url: str, logins: Sequence[str]) -> dict[str, str]:
    """Return what keeps chat from being read: complaint by name, as stream_monitoring tells them."""
    asked = list(logins)[:MOST_ROOMS]
    try:
        address = urlsplit(url)
        host, port = address.hostname or "", address.port or PORTS.get(address.scheme, 0)
    except ValueError as error:
        return {"chat": f"MONITORING_CHAT_URL: {error}"}
    try:
        with connected(host, port, address.scheme == "ircs") as chat:
            is_welcome, found = rooms(chat, asked)
    except OSError as error:
        return {"chat": why_unreachable(error, host, port)}
    if not is_welcome:
        return {"chat": why_unreachable(TimeoutError(), host, port)}
    return {f"pinned channel {login}": NOT_IN_CHAT for login in asked if login not in found}


def connected(host: str, port: int, is_secure: bool) -> socket.socket:
    """Open a connection. Raises OSError."""
    plain = socket.create_connection((host, port), CONNECT_SECONDS)
    if not is_secure:
        return plain
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


def rooms(chat: socket.socket, logins: Sequence[str]) -> tuple[bool, set[str]]:
    """Join anonymously; return whether chat answered, and the rooms that let us in. Raises OSError."""
    nick = f"justinfan{time.time_ns() % 100_000_000}"
    channels = ",".join(f"#{login}" for login in logins)
    join = f"JOIN {channels}\r\n" if logins else ""
    chat.sendall(f"CAP REQ :twitch.tv/tags twitch.tv/commands\r\nPASS SCHMOOPIIE\r\nNICK {nick}\r\n{join}".encode())
    heard, until = b"", time.monotonic() + ANSWER_SECONDS
    while not (WELCOME.search(heard) and set(logins) <= joined(heard)) and (left := until - time.monotonic()) > 0:
        chat.settimeout(left)
        try:
            more = chat.recv(65_536)
        except TimeoutError:
            break
        if not more:
            break
        heard += more
    return bool(WELCOME.search(heard)), joined(heard)


def joined(heard: bytes) -> set[str]:
    """Return the rooms whose state chat has told."""
    return {login.decode() for login in ROOM.findall(heard)}
