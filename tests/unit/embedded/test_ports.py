"""Ports for the servers of tests: free, each its own, and none that an outgoing connection could take meanwhile."""

import socket
from pathlib import Path

from embedded.processes import ports
from embedded.processes.ports import LOOPBACK, free_ports

OUTGOING = Path("/proc/sys/net/ipv4/ip_local_port_range")


def test_a_port_is_handed_out_once() -> None:
    chosen = [port for _ in range(20) for port in free_ports(10)]
    assert len(set(chosen)) == len(chosen) == 200


def test_no_port_is_one_of_the_kernels_for_outgoing_connections() -> None:
    first_outgoing = int(OUTGOING.read_text().split()[0])
    assert max(free_ports(50)) < min(first_outgoing, ports.CHOSEN_PORTS.stop)


def test_a_port_in_use_is_passed_over() -> None:
    (before,) = free_ports(1)
    with socket.socket() as taken:
        taken.bind((LOOPBACK, before + 1 if before + 1 in ports.CHOSEN_PORTS else ports.CHOSEN_PORTS.start))
        taken.listen()
        (after,) = free_ports(1)
        assert after not in (before, taken.getsockname()[1])
