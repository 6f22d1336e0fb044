"""Posts a notice to the operator's webhook, with a deadline; its address is a secret and never logged."""

import http.client
import json
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from watcher.answer import Answer, understand
from watcher.notice import Notice

ANSWER_SECONDS = 10.0
LONGEST_ANSWER = 4096  # bytes that are read of an answer
LONGEST_CONTENT = 2000  # characters; Discord's limit
USER_AGENT = "stream-scout-watcher/1"  # Discord's edge refuses Python's own


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would turn the POST into a GET: it is an answer like any other."""

    def redirect_request(self, *_request: Any) -> None:
        """Follow nothing."""


def body(notice: Notice, kind: Literal["discord", "plain"]) -> dict[str, object]:
    """The JSON of a notice. Nobody is mentioned, whatever the text holds."""
    if kind == "discord":
        return {"content": notice.text[:LONGEST_CONTENT], "allowed_mentions": {"parse": []}}
    at = datetime.fromtimestamp(notice.at, UTC).isoformat(timespec="seconds")
    return {"event": notice.event.value, "text": notice.text, "at": at}


class Webhook:
    """The address is read anew for each try, so that a corrected file needs no restart."""

    def __init__(self, url_file: Path | None, kind: Literal["discord", "plain"]) -> None:
        self._url_file = url_file
        self._kind = kind
        self._opener = urllib.request.build_opener(NoRedirect)

    def is_set(self) -> bool:
        """Whether there is anybody to tell; a file that cannot be read now counts as set."""
        try:
            return bool(self._url())
        except (OSError, UnicodeDecodeError):
            return True

    def post(self, notice: Notice) -> Answer:
        """Try once."""
        try:
            url = self._url()
        except (OSError, UnicodeDecodeError) as error:
            return Answer(False, f"its address cannot be read: {type(error).__name__}", refused=True)
        if not url.startswith(("https://", "http://")):
            return Answer(False, "its address does not begin with https://", refused=True)
        try:
            return self._send(url, json.dumps(body(notice, self._kind)).encode())
        except (http.client.InvalidURL, ValueError):  # their texts hold the address
            return Answer(False, "its address is no address", refused=True)
        except (OSError, http.client.HTTPException) as error:
            return Answer(False, f"it does not answer: {getattr(error, 'reason', type(error).__name__)!s}"[:200])

    def _send(self, url: str, content: bytes) -> Answer:
        headers = {"Content-Type": "application/json", "User-Agent": USER_AGENT}
        request = urllib.request.Request(url, content, headers, method="POST")  # noqa: S310  # http(s) only, see above
        try:
            with self._opener.open(request, timeout=ANSWER_SECONDS) as response:
                return understand(response.status, None, b"", time.time())
        except urllib.error.HTTPError as error:
            with error:
                return understand(error.code, error.headers.get("Retry-After"), error.read(LONGEST_ANSWER), time.time())

    def _url(self) -> str:
        return self._url_file.read_text().strip() if self._url_file else ""
