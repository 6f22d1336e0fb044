"""Says in words why a server was not reached."""

import socket
import ssl

NO_NETWORK = "no network, no name server, or a wrong address"


def why_unreachable(error: OSError, host: str, port: int) -> str:
    """Return the reason for people: what failed, with whom."""
    match error:
        case socket.gaierror():
            return f"cannot find {host}: {NO_NETWORK}"
        case ssl.SSLError():
            return f"no secure connection to {host}:{port}: {error.strerror or error}"
        case ConnectionRefusedError():
            return f"{host}:{port} refuses the connection"
        case TimeoutError():
            return f"{host}:{port} does not answer"
    return f"cannot reach {host}:{port}: {error.strerror or error}"
