"""The job's checkpoints as Flink's REST API tells them, and which moments came while one was written."""

from collections.abc import Iterable, Mapping
from typing import Any

import httpx

Span = tuple[float, float]  # seconds since the epoch: begin, end


def written(rest: str) -> list[Span]:
    """Return when each of the job's last completed checkpoints was written: Flink remembers ten.

    `rest`: address of its REST API. Raises httpx.HTTPError if it does not answer.
    """
    with httpx.Client(base_url=rest, timeout=10) as client:
        running = [job["id"] for job in client.get("/jobs").raise_for_status().json()["jobs"]]
        told = [client.get(f"/jobs/{each}/checkpoints").raise_for_status().json() for each in running]
    return spans(each for checkpoints in told for each in checkpoints["history"])


def spans(history: Iterable[Mapping[str, Any]]) -> list[Span]:
    """Return begin and end of those that completed."""
    return [
        (each["trigger_timestamp"] / 1000, (each["trigger_timestamp"] + each["end_to_end_duration"]) / 1000)
        for each in history
        if each["status"] == "COMPLETED"
    ]


def split(ways: Iterable[Span], checkpoints: Iterable[Span]) -> tuple[list[float], list[float]]:
    """Return the seconds that each way took: those during which a checkpoint was written, and the others."""
    known = list(checkpoints)
    during: list[float] = []
    others: list[float] = []
    for begin, end in ways:
        meets = any(begin < finished and started < end for started, finished in known)
        (during if meets else others).append(end - begin)
    return during, others
