"""Posts a notice to the operator's webhook. The URL is a secret and never logged."""

import http.client
import json
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from watcher.notice import Notice
from watcher.webhook_answer import WebhookAnswer, interpret

TIMEOUT_SECONDS = 10.0
MAX_ANSWER = 4096  # bytes read from an answer
MAX_CONTENT = 2000  # characters; Discord's limit
USER_AGENT = "stream-scout-watcher/1"  # Discord rejects the default of urllib


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Treats a redirect as an ordinary answer: following it would turn the POST into a GET."""

    def redirect_request(self, *_request: Any) -> None:
        """Follow no redirect."""


def body(notice: Notice, kind: Literal["discord", "plain"]) -> dict[str, object]:
    """Build the JSON of a notice; for Discord with mentions disabled, whatever the text contains."""
    if kind == "discord":
        return {"content": notice.text[:MAX_CONTENT], "allowed_mentions": {"parse": []}}
    at = datetime.fromtimestamp(notice.at, UTC).isoformat(timespec="seconds")
    return {"event": notice.event.value, "text": notice.text, "at": at}


class Webhook:
    """Reads the URL from its file before each post, so that correcting it needs no restart."""

    def __init__(self, url_file: Path | None, kind: Literal["discord", "plain"]) -> None:
        self._url_file = url_file
        self._kind = kind
        self._opener = urllib.request.build_opener(NoRedirect)

    def is_set(self) -> bool:
        """Return whether a URL is configured; a file that cannot be read at the moment counts as one."""
        try:
            return bool(self._url())
        except (OSError, UnicodeDecodeError):
            return True

    def post(self, notice: Notice) -> WebhookAnswer:
        """Post once, without a retry."""
        try:
            url = self._url()
        except (OSError, UnicodeDecodeError) as error:
            return WebhookAnswer(False, f"the webhook's URL cannot be read: {type(error).__name__}", refused=True)
        if not url.startswith(("https://", "http://")):
            return WebhookAnswer(False, "the webhook's URL does not begin with https://", refused=True)
        try:
            return self._send(url, json.dumps(body(notice, self._kind)).encode())
        except (http.client.InvalidURL, ValueError):  # their texts contain the URL
            return WebhookAnswer(False, "the webhook's URL is invalid", refused=True)
        except (OSError, http.client.HTTPException) as error:
            return WebhookAnswer(
                False, f"the webhook does not answer: {getattr(error, 'reason', type(error).__name__)!s}"[:200]
            )

    def _send(self, url: str, content: bytes) -> WebhookAnswer:
        headers = {"Content-Type": "application/json", "User-Agent": USER_AGENT}
        request = urllib.request.Request(url, content, headers, method="POST")  # noqa: S310  # http(s) only, see above
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as response:
                return interpret(response.status, None, b"", time.time())
        except urllib.error.HTTPError as error:
            with error:
                return interpret(error.code, error.headers.get("Retry-After"), error.read(MAX_ANSWER), time.time())

    def _url(self) -> str:
        return self._url_file.read_text().strip() if self._url_file else ""
