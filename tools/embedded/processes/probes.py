"""Checks whether a program on loopback is ready."""

import json
import socket
import urllib.error
import urllib.request
from http.client import HTTPException

from embedded.processes.ports import LOOPBACK

TIMEOUT_SECONDS = 2.0


def listens(port: int) -> bool:
    """Return whether something accepts connections on the port."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=TIMEOUT_SECONDS).close()
    except OSError:
        return False
    return True


def answers(url: str) -> bool:
    """Return whether GET answers with status 200."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310  # nosec B310  # loopback
            return bool(response.status == 200)
    except (OSError, HTTPException, ValueError):
        return False


def job_runs(rest_url: str) -> bool:
    """Return whether Flink has a job whose tasks are all running."""
    try:
        url = f"{rest_url}/jobs/overview"
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310  # nosec B310  # loopback
            jobs = json.load(response)["jobs"]
    except (OSError, HTTPException, ValueError, KeyError):  # URLError is an OSError
        return False
    return any(job["state"] == "RUNNING" and job["tasks"]["running"] == job["tasks"]["total"] for job in jobs)
