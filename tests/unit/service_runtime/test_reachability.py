"""Why a server was not reached, in words."""

import errno
import os
import socket
import ssl

import pytest

from service_runtime.reachability import why_unreachable


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "cannot find chat: no network"),
        (ssl.SSLError(1, "wrong version number"), "no secure connection to chat:7"),
        (ConnectionRefusedError(), "chat:7 refuses the connection"),
        (TimeoutError(), "chat:7 does not answer"),
        (OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH)), "cannot reach chat:7: Network is unreachable"),
        (OSError("odd"), "cannot reach chat:7: odd"),
    ],
)
def test_every_failure_says_what_and_with_whom(error: OSError, words: str) -> None:
    assert why_unreachable(error, "chat", 7).startswith(words)
