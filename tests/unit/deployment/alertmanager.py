"""A real Alertmanager with our configuration, whose waits are shorter, and a webhook that keeps what it is told."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import yaml
from deployment.operators_end import OperatorsEnd

from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for

from .manual import REPOSITORY

BINARY = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
CONFIGURATION = REPOSITORY / "configs/alertmanager"
SHORTER = {"group_wait: 30s": "group_wait: 1s", "group_interval: 5m": "group_interval: 1s"}


@cache
def rules() -> dict[str, dict[str, Any]]:
    """Return each alert's rule; nobody may change one."""
    files = (REPOSITORY / "configs/prometheus").glob("*rules.yml")
    groups = [group for file in files for group in yaml.safe_load(file.read_text())["groups"]]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


class Alertmanager:
    """Started by our start.sh. `told` has the operator's messages. `beat_url`: the dead man's switch's address."""

    def __init__(self, folder: Path, zone: str, beat_url: str = "") -> None:
        self.operator = OperatorsEnd("127.0.0.1", REPOSITORY / "OPERATIONS.md")
        (port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{port}"
        (folder / "webhook_url").write_text(self.operator.webhook)
        (folder / "beat_url").write_text(beat_url)
        places = {
            "/etc/alertmanager/": f"{folder}/",
            "/tmp/alertmanager.yml": f"{folder}/made.yml",
            "/bin/alertmanager": str(BINARY),
            "--storage.path=/alertmanager": f"--storage.path={folder}/data --web.listen-address=127.0.0.1:{port}",
        }
        for file in CONFIGURATION.iterdir():
            text = file.read_text()
            for before, after in (places | SHORTER).items():
                text = text.replace(before, after)
            (folder / file.name).write_text(text)
        variables = {
            "PATH": os.environ["PATH"],
            "OPERATOR_ZONE": zone,
            "WEBHOOK_URL_FILE": f"{folder}/webhook_url",
            "WATCHDOG_BEAT_URL_FILE": f"{folder}/beat_url",
        }
        with (folder / "log").open("w") as log:
            self._process = subprocess.Popen(["sh", folder / "start.sh"], env=variables, stderr=log, stdout=log)
        wait_for("Alertmanager", lambda: self._answers("/-/ready"), 20, 0.1)

    def fire(self, *alerts: dict[str, str]) -> None:
        """Let alerts fire, by their labels; the other labels and the texts are those of their rules."""
        found = []
        for labels in alerts:
            rule = rules()[labels["alertname"]]
            found.append({"labels": rule["labels"] | labels, "annotations": rule["annotations"]})
        httpx.post(f"{self.url}/api/v2/alerts", json=found).raise_for_status()

    def messages(self) -> list[set[str]]:
        """Return the names of the alerts of each message."""
        return [{alert["labels"]["alertname"] for alert in message["alerts"]} for message in list(self.operator.told)]

    def _answers(self, path: str) -> bool:
        try:
            return httpx.get(self.url + path).status_code == 200
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(10)
        self.operator.stop()
