"""The connection between Python and Flink's JVM, closed to every other process of the machine."""

import secrets
from typing import Any

from pyflink.java_gateway import get_gateway

TOKEN_BYTES = 32


def close_to_others() -> None:
    """Start the JVM, and let both ends of its py4j connection ask for a token from now on.

    PyFlink starts py4j without one: until then whoever reaches the port on loopback runs code in the JVM.
    """
    gateway = get_gateway()
    token = secrets.token_hex(TOKEN_BYTES)
    server = gateway.java_gateway_server
    callback_client = server.getCallbackClient()
    for java_end in (callback_client, server):  # the server last: this very connection stays open
        _set_token(java_end, token)
    gateway.get_callback_server().callback_server_parameters.auth_token = token
    gateway.gateway_parameters.auth_token = token


def _set_token(java_end: Any, token: str) -> None:
    field = java_end.getClass().getDeclaredField("authToken")  # final, and no setter
    field.setAccessible(True)
    field.set(java_end, token)
