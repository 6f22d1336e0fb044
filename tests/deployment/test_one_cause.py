"""Faults on the running machines: each is one message at the webhook, and one more once it is over."""

import os
import time
from dataclasses import dataclass

import httpx
import pytest
from deployment.test_two_machines import Visitor
from deployment.two_machines import LOCAL, Machine, TwoMachines

from embedded.processes.waiting import wait_for

pytestmark = pytest.mark.skipif(not os.environ.get("ALERTS"), reason="twenty minutes of faults: `make test-alerts`")
TOLD_SECONDS = 300  # the rule's own patience, scraped and evaluated every 15 s, and half a minute of grouping
OVER_SECONDS = 600
LATER_SECONDS = 75  # whatever else would be told by then is: longer than one grouping
LOOK_SECONDS = 5


@dataclass(frozen=True)
class Fault:
    """A service ends. `cause`: the alert that is told; `held_back`: one that Prometheus finds too."""

    machine: str
    service: str
    cause: str
    held_back: str


FAULTS = {
    "the website": Fault("a", "api-frontend", "SiteDown", "ProcessDown"),
    "Postgres": Fault("a", "postgres", "PostgresAway", "SiteErrors"),
    "Kafka": Fault("b", "kafka", "KafkaAway", "NobodyForwards"),
    "the task manager": Fault("b", "flink-taskmanager", "ProcessDown", "CheckpointsStopped"),
}


def firing() -> set[str]:
    """What Prometheus finds now."""
    found = httpx.get(f"http://{LOCAL}:9090/api/v1/alerts", timeout=10).raise_for_status().json()["data"]["alerts"]
    return {each["labels"]["alertname"] for each in found if each["state"] == "firing"}


def messages(machines: TwoMachines, since: int, status: str) -> list[set[str]]:
    """The alerts of each message of this kind since then."""
    told = [each for each in machines.operator.told[since:] if each.get("status") == status]
    return [{alert["labels"]["alertname"] for alert in each["alerts"]} for each in told]


def quiet(machines: TwoMachines) -> int:
    """Wait until nothing fires and nothing has been told lately; return how many messages there are."""
    wait_for("nothing fires", lambda: not firing(), OVER_SECONDS, LOOK_SECONDS)
    time.sleep(LATER_SECONDS)
    return len(machines.operator.told)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_one_message_and_its_end_another(machines: TwoMachines, name: str) -> None:
    fault = FAULTS[name]
    machine: Machine = getattr(machines, fault.machine)
    before, began = quiet(machines), time.monotonic()
    machine.run("stop", fault.service)
    try:
        with Visitor(machines):
            wait_for("a message", lambda: messages(machines, before, "firing"), TOLD_SECONDS, LOOK_SECONDS)
            seconds = time.monotonic() - began
            wait_for(f"{fault.held_back} fires too", lambda: fault.held_back in firing(), OVER_SECONDS, LOOK_SECONDS)
            time.sleep(LATER_SECONDS)
            found = firing()
    finally:
        machine.up_again()
    assert messages(machines, before, "firing") == [{fault.cause}]
    wait_for("it is over", lambda: messages(machines, before, "resolved"), OVER_SECONDS, LOOK_SECONDS)
    quiet(machines)
    print(f"{name}: told after {seconds:.0f} s; fired, and was one message: {', '.join(sorted(found))}")
    assert messages(machines, before, "firing") == [{fault.cause}]
    assert messages(machines, before, "resolved") == [{fault.cause}]
