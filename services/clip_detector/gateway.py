"""The connection between Python and Flink's JVM, closed to every other process of the machine."""

import secrets
import threading
from typing import Any

from pyflink.java_gateway import Watchdog, get_gateway

TOKEN_BYTES = 32
FIRST_PING_SECONDS = 5.0  # the JVM looks for the watchdog ten times a second


def close_to_others() -> None:
    """Start the JVM, and let both ends of its py4j connection ask for a token from now on.

    PyFlink starts py4j without one: until then whoever reaches the port on loopback runs code in the JVM. The JVM ends
    if it cannot reach Python's watchdog, which it calls for the first time a moment after its start: while only one
    end knows the token that call would fail, so it comes first. It lasts for ten seconds and keeps its connection.
    """
    is_watched = first_ping()
    gateway = get_gateway()
    is_watched.wait(FIRST_PING_SECONDS)
    token = secrets.token_hex(TOKEN_BYTES)
    server = gateway.java_gateway_server
    callback_client = server.getCallbackClient()
    for java_end in (callback_client, server):  # the server last: this very connection stays open
        _set_token(java_end, token)
    gateway.get_callback_server().callback_server_parameters.auth_token = token
    gateway.gateway_parameters.auth_token = token


def first_ping() -> threading.Event:
    """Return what is set once the JVM calls the watchdog, which has to be made later."""
    is_called, ping = threading.Event(), Watchdog.ping

    def told(watchdog: Watchdog) -> bool:
        is_called.set()
        return bool(ping(watchdog))

    Watchdog.ping = told
    return is_called


def _set_token(java_end: Any, token: str) -> None:
    field = java_end.getClass().getDeclaredField("authToken")  # final, and no setter
    field.setAccessible(True)
    field.set(java_end, token)
