"""Ports come from settings; an invalid or used one is reported before anything starts."""

import os
import socket

import psutil
import pytest

from embedded.addresses import Ports
from embedded.problems import SetupError
from embedded.processes.ports import free_ports, is_free, require_free


def test_a_setting_changes_its_port_only() -> None:
    assert Ports.from_environment({"API_PORT": "5050"}) == Ports(api=5050)


@pytest.mark.parametrize("value", ["0", "65536", "-1", "five", "80.0"])
def test_an_invalid_port_is_reported(value: str) -> None:
    with pytest.raises(SetupError, match=f"API_PORT={value}: a port is a number from 1 to 65535"):
        Ports.from_environment({"API_PORT": value})


def test_two_programs_on_one_port_are_reported() -> None:
    with pytest.raises(SetupError, match="KAFKA_PORT and API_PORT are both 5050"):
        Ports.from_environment({"API_PORT": "5050", "KAFKA_PORT": "5050"})


def test_free_ports_are_different_and_free() -> None:
    ports = free_ports(20)
    assert len(set(ports)) == 20
    assert all(is_free(port) for port in ports)
    assert len(set(Ports.free().settings().values())) == len(Ports().settings())


def test_a_used_port_is_reported_with_its_user_and_setting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(SetupError) as raised:
            require_free({"API_PORT": port})
    assert f"Port {port} is in use by {psutil.Process().name()} (process {os.getpid()})" in str(raised.value)
    assert "choose another port: API_PORT=" in str(raised.value)


def test_a_url_has_its_fields_port() -> None:
    assert Ports(api=5050).url("api") == "http://127.0.0.1:5050"
