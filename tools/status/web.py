"""Asks stream_monitoring, Flink and the website over HTTP."""

import http.client
import json
import time
import urllib.error
import urllib.request
from typing import Any

from contracts import metrics
from contracts.metrics import Metric
from status.facts import Away, Capture, Job, Website

ANSWER_SECONDS = 1.8  # a little less than the probe's deadline
NO_ANSWER = (OSError, http.client.HTTPException)


def get(url: str) -> tuple[int, str]:
    """Status and text of an answer, whatever the status. Raises OSError or HTTPException without one."""
    try:
        with urllib.request.urlopen(url, timeout=ANSWER_SECONDS) as answer:  # noqa: S310  # addresses of ours
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(errors="replace")


def why(error: Exception) -> str:
    """A short reason."""
    cause = getattr(error, "reason", error)
    if isinstance(cause, TimeoutError):
        return "no answer in time"
    return str(getattr(cause, "strerror", None) or cause or type(cause).__name__).lower()[:150]


def place(url: str) -> str:
    """Host and port."""
    return url.removeprefix("http://")


def ask_capture(health_url: str | None, metrics_url: str) -> Capture | Away:
    """Readiness and metrics; an instance without a health address is judged by its metrics."""
    try:
        problems = _problems(get(f"{health_url}/ready")[1]) if health_url else {}
        _, text = get(f"{metrics_url}/metrics")
    except NO_ANSWER as error:
        return Away(f"{place(metrics_url)}: {why(error)}")
    return Capture(
        problems,
        sample(text, metrics.TICK_AGE),
        sample(text, metrics.HOLDER) == 1,
        sample(text, metrics.SPOOL_BACKLOG_BYTES) or 0.0,
        sample(text, metrics.GAP_SECONDS) or 0.0,
    )


def _problems(text: str) -> dict[str, str]:
    try:
        return {str(what): str(reason) for what, reason in json.loads(text)["problems"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {"ready": "its answer is not understood"}


def sample(text: str, metric: Metric) -> float | None:
    """The sum of a metric's samples in Prometheus's text; None where it has none."""
    begins = (f"{metric.name} ", f"{metric.name}{{")
    found = [float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(begins)]
    total = sum(found)
    return total if found and total == total else None


def ask_job(url: str) -> Job | Away:
    """The newest job and its last checkpoint."""
    try:
        jobs = json.loads(get(f"{url}/jobs/overview")[1])["jobs"]
        if not jobs:
            return Job("none")
        newest = max(jobs, key=lambda job: job["start-time"])
        checkpoints = json.loads(get(f"{url}/jobs/{newest['jid']}/checkpoints")[1])
    except NO_ANSWER as error:
        return Away(f"{place(url)}: {why(error)}")
    except (ValueError, KeyError, TypeError):
        return Away(f"{place(url)}: the answer is not Flink's")
    return Job(newest["state"], *_last_checkpoint(checkpoints))


def _last_checkpoint(checkpoints: Any) -> tuple[float | None, float | None]:
    try:
        last = checkpoints["latest"]["completed"] or checkpoints["latest"]["restored"]
        at = last.get("latest_ack_timestamp") or last["restore_timestamp"]
        return max(0.0, time.time() - at / 1000), float(last.get("state_size", 0))
    except (KeyError, TypeError):
        return None, None


def ask_website(url: str) -> Website | Away:
    """Whether it serves visitors."""
    try:
        status, text = get(f"{url}/ready")
    except NO_ANSWER as error:
        return Away(f"{place(url)}: {why(error)}")
    return Website(True) if status == 200 else Website(False, f"not ready: {' '.join(text.split())[:100]}")
