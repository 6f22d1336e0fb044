"""A port that cannot be listened on is named with its setting."""

import socket

import pytest

from service_runtime import measures, ports


def test_a_taken_port_ends_the_process_with_its_setting():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit) as ended, ports.listening("SITE_PORT", "127.0.0.1", port):
            measures.serve("recorder", "127.0.0.1", port)
    assert str(ended.value).startswith(f"SITE_PORT: cannot listen on 127.0.0.1:{port}: Address already in use")


def test_a_port_is_free_again_once_its_server_is_gone():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert ports.why_not_free("127.0.0.1", port) == "Address already in use"
    assert ports.why_not_free("127.0.0.1", port) is None
