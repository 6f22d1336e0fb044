"""Runs all probes at once, each with a deadline of two seconds."""

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from status import kafka, postgres, web
from status.facts import Away, Disk, Facts, Unseen
from status.settings import Addresses

DEADLINE_SECONDS = 2.0
Probe = Callable[[], Any]


def all_at_once(probes: dict[str, Probe], deadline_seconds: float = DEADLINE_SECONDS) -> dict[str, Any]:
    """Every probe's answer; `Away` for one that gives none in time or fails."""
    answers: dict[str, Any] = {}

    def run(name: str, probe: Probe) -> None:
        try:
            answers[name] = probe()
        except Exception as error:  # noqa: BLE001  # the edge: a probe that fails is a line of the table, not a traceback
            answers[name] = Away(f"the probe failed: {type(error).__name__}: {error}"[:150])

    threads = [threading.Thread(target=run, args=item, daemon=True) for item in probes.items()]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + deadline_seconds
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    late = Away(f"no answer within {deadline_seconds:g} s")
    return {name: answers.get(name, late) for name in probes}


def look(addresses: Addresses, folder: Path) -> Facts:
    """The facts now."""
    on_b = Unseen("machine B")
    metrics_url, flink = addresses.capture_metrics, addresses.flink
    probes: dict[str, Probe] = {
        "database": lambda: postgres.ask(addresses.postgres),
        "broker": lambda: kafka.ask_ticks(addresses.kafka),
        "groups": lambda: kafka.ask_groups(addresses.kafka),
        "capture": lambda: web.ask_capture(addresses.capture, metrics_url) if metrics_url else on_b,
        "standby": lambda: web.ask_capture(None, addresses.standby) if addresses.standby else None,
        "job": lambda: web.ask_job(flink) if flink else on_b,
        "website": lambda: web.ask_website(addresses.website),
        "disk": lambda: disk(folder),
    }
    return Facts(**all_at_once(probes))


def disk(folder: Path) -> Disk | Away:
    """Room on the disk below `folder`."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError as error:
        return Away(f"{folder}: {error.strerror}")
    return Disk(str(folder.resolve()), usage.free, usage.total)
