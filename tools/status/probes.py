"""Runs all probes in parallel, each with a deadline of two seconds."""

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from status import kafka, machine, postgres, web
from status.facts import Disk, Facts, NoAnswer, OnlyOn
from status.settings import Addresses

DEADLINE_SECONDS = 2.0
Probe = Callable[[], Any]


def run_all(probes: dict[str, Probe], deadline_seconds: float = DEADLINE_SECONDS) -> dict[str, Any]:
    """Return every probe's answer; `NoAnswer` for one that fails or is too slow."""
    answers: dict[str, Any] = {}

    def run(name: str, probe: Probe) -> None:
        try:
            answers[name] = probe()
        except Exception as error:  # noqa: BLE001  # a failed probe is a line of the table, not a traceback
            answers[name] = NoAnswer(f"the probe failed: {type(error).__name__}: {error}"[:150])

    threads = [threading.Thread(target=run, args=item, daemon=True) for item in probes.items()]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + deadline_seconds
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    late = NoAnswer(f"no answer within {deadline_seconds:g} s")
    return {name: answers.get(name, late) for name in probes}


def run_probes(addresses: Addresses, folder: Path, health: Path) -> Facts:
    """Query everything that this machine can reach."""
    on_b = OnlyOn("machine B")
    metrics_url, flink = addresses.capture_metrics, addresses.flink
    emotes, emotes_metrics = addresses.emotes, addresses.emotes_metrics
    clips, clips_metrics = addresses.viewer_clips, addresses.viewer_clips_metrics
    probes: dict[str, Probe] = {
        "database": lambda: postgres.query(addresses.postgres),
        "broker": lambda: kafka.query_ticks(addresses.kafka),
        "groups": lambda: kafka.query_groups(addresses.kafka),
        "capture": lambda: web.query_capture(addresses.capture, metrics_url) if metrics_url else on_b,
        "standby": lambda: web.query_capture(None, addresses.standby) if addresses.standby else None,
        "job": lambda: web.query_job(flink) if flink else on_b,
        "emotes": lambda: web.query_emote_counter(emotes, emotes_metrics) if emotes and emotes_metrics else on_b,
        "viewer_clips": lambda: web.query_viewer_clips(clips, clips_metrics) if clips and clips_metrics else on_b,
        "website": lambda: web.query_website(addresses.website),
        "discord": lambda: web.query_discord_bot(addresses.discord, addresses.has_discord),
        "disk": lambda: disk(folder),
        "machine": lambda: machine.query(health),
    }
    return Facts(**run_all(probes))


def disk(folder: Path) -> Disk | NoAnswer:
    """Return the free space of the disk that holds `folder`."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError as error:
        return NoAnswer(f"{folder}: {error.strerror}")
    return Disk(str(folder.resolve()), usage.free, usage.total)
