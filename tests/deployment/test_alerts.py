"""An alert's way to the operator: what arrives at the webhook, and that its links open."""

import re
import time
from typing import Any

import httpx
from confluent_kafka import Producer
from deployment.two_machines import LOCAL, PROCESSING, REPOSITORY, TwoMachines

from embedded.processes.waiting import wait_for

ALERT_SECONDS = 240  # scraped, evaluated and grouped: 15 s, 15 s and 30 s, some of it twice
AGAIN_SECONDS = 20  # between two looks, and two rounds of bad records
BAD_RECORDS = 20  # more than ten raise DeadLetters
QUIET_SECONDS = 30
OLD_SECONDS = 540  # five minutes of age, two of patience, and what it takes to ask
GROUPED_SECONDS = 60  # Alertmanager groups for half of it


def spoil(machines: TwoMachines) -> None:
    """Put records into `moments` that nobody understands."""
    producer = Producer(
        {
            "bootstrap.servers": f"{PROCESSING}:9094",
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": "SCRAM-SHA-256",
            "sasl.username": "stream-scout",
            "sasl.password": machines.b.secret("kafka_password"),
        }
    )
    for number in range(BAD_RECORDS):
        producer.produce("moments", f"no moment {number}".encode(), key=b"1")
    assert producer.flush(15) == 0


def test_an_alert_reaches_the_webhook_with_links_that_open(machines: TwoMachines) -> None:
    def told() -> Any:
        spoil(machines)
        return next((each for each in machines.operator.alerts() if each["labels"]["alertname"] == "DeadLetters"), None)

    alert = wait_for("the webhook is told", told, ALERT_SECONDS, AGAIN_SECONDS)
    assert "operations_url" not in alert["labels"]
    page, anchor = alert["annotations"]["runbook_url"].split("#")
    opened = httpx.get(page).raise_for_status().text
    assert re.search(rf"^### {anchor}$", opened, re.MULTILINE | re.IGNORECASE)
    assert opens(alert["generatorURL"], 9090).status_code == 200
    whole = next(each for each in machines.operator.told if alert in each.get("alerts", []))
    assert opens(whole["externalURL"], 9093).status_code in (200, 404)  # the stand-in has no pages


def opens(link: str, port: int) -> httpx.Response:
    """Open a link as a browser does at the near end of `ssh -L`, whose far end is B's loopback."""
    near = f"http://localhost:{port}"
    assert link.startswith(near), link
    return httpx.get(link.replace(near, f"http://{LOCAL}:{port}"), follow_redirects=True)


def test_a_stopped_recorder_is_one_message(machines: TwoMachines) -> None:
    """The site's data grows old of it, which is not told as well."""
    before = len(machines.operator.told)

    def told() -> list[set[str]]:
        later = [each for each in machines.operator.told[before:] if each["status"] == "firing"]
        messages = [{alert["labels"]["alertname"] for alert in each["alerts"]} for each in later]
        return [names for names in messages if names & {"ProcessDown", "DataOld", "FreshnessBudget", "RecordsWait"}]

    def data_is_old() -> bool:
        found = httpx.get(f"http://{LOCAL}:9090/api/v1/alerts").raise_for_status().json()["data"]["alerts"]
        return any(each["labels"]["alertname"] == "DataOld" and each["state"] == "firing" for each in found)

    machines.b.run("stop", "recorder")
    try:
        wait_for("ProcessDown is told", told, ALERT_SECONDS, AGAIN_SECONDS)
        wait_for("Prometheus finds the data old", data_is_old, OLD_SECONDS, AGAIN_SECONDS)
        time.sleep(GROUPED_SECONDS)
        assert told() == [{"ProcessDown"}]
    finally:
        machines.b.run("start", "recorder")


def test_each_alert_fires_on_its_fault_alone(machines: TwoMachines) -> None:
    for path in sorted((REPOSITORY / "configs/prometheus").glob("*rules_test.yml")):
        file = f"/etc/prometheus/{path.name}"
        assert "SUCCESS" in machines.b.run("exec", "-T", "prometheus", "promtool", "test", "rules", file), file


def test_flink_is_quiet_while_nothing_happens(machines: TwoMachines) -> None:
    """Ten lines a second filled Docker's 30 MB in four hours."""
    for service in ("flink-jobmanager", "flink-taskmanager"):
        lines = machines.b.run("logs", "--no-log-prefix", "--since", f"{QUIET_SECONDS}s", service).splitlines()
        assert len(lines) < QUIET_SECONDS, lines[:20]
