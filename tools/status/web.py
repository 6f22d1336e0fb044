"""Queries stream_monitoring, Flink and the website over HTTP."""

import http.client
import json
import re
import time
import urllib.error
import urllib.request
from typing import Any

from contracts import metrics
from contracts.metrics import Metric
from status.facts import Capture, DiscordBot, EmoteCounter, Job, NoAnswer, ViewerClips, Website
from status.units import build_text

TIMEOUT_SECONDS = 1.8  # slightly below the probe's deadline
LABEL = re.compile(r'(\w+)="([^"]*)"')
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
        build=_build_of_metrics(text),
    )


def query_emote_counter(health_url: str, metrics_url: str) -> EmoteCounter | NoAnswer:
    """Query readiness and metrics of the counter of emotes."""
    try:
        ready, text = get(f"{health_url}/ready")[1], get(f"{metrics_url}/metrics")[1]
    except CONNECTION_ERRORS as error:
        return NoAnswer(f"{host_and_port(health_url)}: {reason(error)}")
    return EmoteCounter(_problems(ready), _notes(ready), sample(text, metrics.EMOTE_TICK_AGE), _build_of_metrics(text))


def query_viewer_clips(health_url: str, metrics_url: str) -> ViewerClips | NoAnswer:
    """Query readiness and metrics of who asks for viewers' clips."""
    try:
        ready, text = get(f"{health_url}/ready")[1], get(f"{metrics_url}/metrics")[1]
    except CONNECTION_ERRORS as error:
        return NoAnswer(f"{host_and_port(health_url)}: {reason(error)}")
    behind = sample(text, metrics.VIEWER_CLIPS_BEHIND)
    return ViewerClips(_problems(ready), _notes(ready), behind, _build_of_metrics(text))


def query_discord_bot(metrics_url: str, is_wanted: bool) -> DiscordBot | NoAnswer | None:
    """Query the metrics of the Discord bot; None where there need not be one and none answers."""
    try:
        _, text = get(f"{metrics_url}/metrics")
    except CONNECTION_ERRORS as error:
        return NoAnswer(f"{host_and_port(metrics_url)}: {reason(error)}") if is_wanted else None
    polled_at = sample(text, metrics.DISCORD_POLLED_AT)
    return DiscordBot(
        is_connected=sample(text, metrics.DISCORD_CONNECTED) == 1,
        servers=sample(text, metrics.DISCORD_GUILDS) or 0.0,
        followed=sample(text, metrics.DISCORD_FOLLOWED) or 0.0,
        polled_age=max(0.0, time.time() - polled_at) if polled_at else None,
        build=_build_of_metrics(text),
    )


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


def _build_of_metrics(text: str) -> str:
    """Return version and commit of whoever serves these metrics; empty if it does not say."""
    found = next((line for line in text.splitlines() if line.startswith(f"{metrics.BUILD_INFO.name}{{")), "")
    labels = dict(LABEL.findall(found))
    return build_text(labels.get("version", ""), labels.get("commit", ""))


def _build_of_ready(text: str) -> str:
    """Return version and commit as /ready says them; empty if it does not."""
    try:
        answer = json.loads(text)
        return build_text(str(answer["version"]), str(answer["commit"]))
    except (ValueError, KeyError, TypeError):
        return ""


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
    build = _build_of_ready(text)
    if status == 200:
        return Website(True, build=build)
    return Website(False, f"not ready: {' '.join(text.split())[:100]}", build)
