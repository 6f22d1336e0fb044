"""Tells the operator how it ended, at the address that the watcher and Alertmanager use. It is a secret."""

import json
import time
import urllib.error
import urllib.request
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import urlsplit

DISCORD = ("discord.com", "discordapp.com")
TIMEOUT_SECONDS = 10.0
PAUSES = (0.0, 1.0, 3.0)  # seconds before each try
MOST = 2000  # characters; Discord's limit


def is_discord(url: str, kind: str) -> bool:
    """Return whether the address wants Discord's form: as `WEBHOOK_KIND` says, else by its name."""
    return kind == "discord" if kind else urlsplit(url).hostname in DISCORD


def body(text: str, discord: bool, at: float) -> bytes:
    """Write the message, as the watcher writes its own."""
    if discord:
        return json.dumps({"content": text[:MOST], "allowed_mentions": {"parse": []}}).encode()
    told = datetime.fromtimestamp(at, timezone.utc).isoformat(timespec="seconds")  # noqa: UP017  # Python 3.10
    return json.dumps({"event": "deploy", "text": text, "at": told}).encode()


def post(url_file: Path, kind: str, text: str) -> str:
    """Post the message; return why it was not delivered, without the address, or nothing."""
    try:
        url = url_file.read_text().strip()
    except OSError as error:
        return f"{url_file} cannot be read: {error.strerror}"
    if not url:
        return f"{url_file} is empty: nobody else is told"
    if not url.startswith(("https://", "http://")):
        return f"{url_file} holds no web address"
    problem = ""
    for pause in PAUSES:
        time.sleep(pause)
        problem = sent(url, body(text, is_discord(url, kind), time.time()))
        if not problem:
            break
    return problem


def sent(url: str, content: bytes) -> str:
    """Send it once; return why it did not arrive, or nothing."""
    headers = {"Content-Type": "application/json", "User-Agent": "stream-scout-deploy/1"}
    try:
        request = urllib.request.Request(url, content, headers, method="POST")  # noqa: S310  # http(s) only, see above
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):  # noqa: S310  # nosec B310
            return ""
    except urllib.error.HTTPError as error:
        return f"the webhook answered {error.code}"
    except (OSError, ValueError) as error:
        return f"the webhook does not answer: {type(error).__name__}"
