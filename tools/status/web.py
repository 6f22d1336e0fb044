"""Queries stream_monitoring, Flink and the website over HTTP."""

import http.client
import json
import time
import urllib.error
import urllib.request
from typing import Any

from contracts import metrics
from contracts.metrics import Metric
from status.facts import Capture, EmoteCounter, Job, NoAnswer, Website

TIMEOUT_SECONDS = 1.8  # slightly below the probe's deadline
CONNECTION_ERRORS = (OSError, http.client.HTTPException)


def get(url: str) -> tuple[int, str]:
    """Return the status and text of an answer, whatever the status. Raises OSError or HTTPException without one."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310  # nosec B310  # our own
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(errors="replace")


def reason(error: Exception) -> str:
    """Return a short reason."""
    cause = getattr(error, "reason", error)
    if isinstance(cause, TimeoutError):
        return "no answer in time"
    return str(getattr(cause, "strerror", None) or cause or type(cause).__name__).lower()[:150]


def host_and_port(url: str) -> str:
    """Return the part after http://."""
    return url.removeprefix("http://")


def query_capture(health_url: str | None, metrics_url: str) -> Capture | NoAnswer:
    """Query readiness and metrics; without a health URL, the metrics alone."""
    try:
        ready = get(f"{health_url}/ready")[1] if health_url else '{"problems": {}}'
        _, text = get(f"{metrics_url}/metrics")
    except CONNECTION_ERRORS as error:
        return NoAnswer(f"{host_and_port(metrics_url)}: {reason(error)}")
    return Capture(
        problems=_problems(ready),
        notes=_notes(ready),
        tick_age=sample(text, metrics.TICK_AGE),
        is_holder=sample(text, metrics.HOLDER) == 1,
        backlog=sample(text, metrics.SPOOL_BACKLOG_BYTES) or 0.0,
        gap_seconds=sample(text, metrics.GAP_SECONDS) or 0.0,
        unknown_names=round(sample(text, metrics.NAMED_UNKNOWN) or 0),
    )


def query_emote_counter(health_url: str, metrics_url: str) -> EmoteCounter | NoAnswer:
    """Query readiness and metrics of the counter of emotes."""
    try:
        ready, text = get(f"{health_url}/ready")[1], get(f"{metrics_url}/metrics")[1]
    except CONNECTION_ERRORS as error:
        return NoAnswer(f"{host_and_port(health_url)}: {reason(error)}")
    return EmoteCounter(_problems(ready), _notes(ready), sample(text, metrics.EMOTE_TICK_AGE))


def _problems(text: str) -> dict[str, str]:
    try:
        return {str(part): str(problem) for part, problem in json.loads(text)["problems"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {"ready": "its answer could not be parsed"}


def _notes(text: str) -> dict[str, str]:
    """Return what an operator should mend though the service does its work."""
    try:
        return {str(name): str(reason) for name, reason in json.loads(text)["notes"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def sample(text: str, metric: Metric) -> float | None:
    """Return the sum of a metric's samples in Prometheus's text format; None if there are none."""
    prefixes = (f"{metric.name} ", f"{metric.name}{{")
    found = [float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(prefixes)]
    total = sum(found)
    return total if found and total == total else None


def query_job(url: str) -> Job | NoAnswer:
    """Return the newest job and its last checkpoint."""
    try:
        jobs = json.loads(get(f"{url}/jobs/overview")[1])["jobs"]
        if not jobs:
            return Job("none")
        newest = max(jobs, key=lambda job: job["start-time"])
        checkpoints = json.loads(get(f"{url}/jobs/{newest['jid']}/checkpoints")[1])
    except CONNECTION_ERRORS as error:
        return NoAnswer(f"{host_and_port(url)}: {reason(error)}")
    except (ValueError, KeyError, TypeError):
        return NoAnswer(f"{host_and_port(url)}: the answer is not from Flink")
    return Job(newest["state"], *_last_checkpoint(checkpoints))


def _last_checkpoint(checkpoints: Any) -> tuple[float | None, float | None]:
    try:
        last = checkpoints["latest"]["completed"] or checkpoints["latest"]["restored"]
        at = last.get("latest_ack_timestamp") or last["restore_timestamp"]
        return max(0.0, time.time() - at / 1000), float(last.get("state_size", 0))
    except (KeyError, TypeError):
        return None, None


def query_website(url: str) -> Website | NoAnswer:
    """Return whether the website serves visitors."""
    try:
        status, text = get(f"{url}/ready")
    except CONNECTION_ERRORS as error:
        return NoAnswer(f"{host_and_port(url)}: {reason(error)}")
    version = _version(text)
    if status == 200:
        return Website(True, version=version)
    return Website(False, f"not ready: {' '.join(text.split())[:100]}", version)


def _version(text: str) -> str:
    """Return what a website says of the version that runs; nothing if it says none."""
    try:
        answer = json.loads(text)
        return f"version {answer['version']} ({answer['commit'][:7]})"
    except (ValueError, KeyError, TypeError):
        return ""
