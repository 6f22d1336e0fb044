"""The lines of both machines' containers are in the store on B, through Docker's own files."""

import pytest
from deployment.two_machines import TwoMachines

from embedded.processes.waiting import wait_for

SECONDS = 120.0


def found(machines: TwoMachines, service: str, machine: str) -> str:
    command = f"python -m log_collector.searching.main --service={service} --machine={machine} --since=1d || true"
    return machines.b.run("exec", "-T", "log-collector", "sh", "-c", command)


@pytest.mark.parametrize(("service", "machine"), [("api-frontend", "A"), ("watcher", "A"), ("kafka", "B")])
def test_lines_of_both_machines_are_found_on_b(machines: TwoMachines, service: str, machine: str) -> None:
    if "victoria-logs" not in machines.b.services:
        pytest.skip("no image of VictoriaLogs here: VICTORIA_LOGS_IMAGE")
    lines = wait_for(f"lines of {service}", lambda: found(machines, service, machine), SECONDS)
    assert all(f" {machine} {service}" in line for line in lines.splitlines() if not line.startswith(" "))
