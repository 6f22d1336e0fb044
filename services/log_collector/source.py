"""What the log source of a machine answers."""

from urllib.parse import urlencode

import httpx
import msgspec

TIMEOUT = httpx.Timeout(10.0, connect=3.0)  # seconds: while A is away, B's lines wait as long each time
CHUNK_BYTES = 256 << 10
ERRORS = (httpx.HTTPError, msgspec.DecodeError)


class SourceAwayError(Exception):
    """The source does not answer as it should."""


class SourceFile(msgspec.Struct, frozen=True):
    """A log file of a container."""

    id: str
    service: str
    project: str
    file: str
    size: int
    current: bool
    deleted: bool


class Source:
    """One machine's source."""

    def __init__(self, machine: str, url: str) -> None:
        self.machine = machine
        self._client = httpx.Client(base_url=url, timeout=TIMEOUT, trust_env=False)

    def files(self) -> list[SourceFile]:
        """Return all files, the oldest of each container first. Raises SourceAwayError."""
        try:
            answer = self._client.get("/files").raise_for_status()
            return msgspec.json.decode(answer.content, type=list[SourceFile])
        except ERRORS as error:
            raise SourceAwayError(str(error) or type(error).__name__) from error

    def read(self, file: SourceFile, offset: int) -> bytes | None:
        """Return bytes of a file from `offset`; None if it is gone. Raises SourceAwayError."""
        return self._about("/read", file, offset=offset, limit=CHUNK_BYTES)

    def done(self, file: SourceFile) -> None:
        """Say that a deleted file is not needed any more. Raises SourceAwayError."""
        self._about("/done", file)

    def _about(self, path: str, file: SourceFile, **more: int) -> bytes | None:
        query = urlencode({"container": file.id, "file": file.file, **more})
        try:
            answer = self._client.get(f"{path}?{query}")
            if answer.status_code == httpx.codes.NOT_FOUND:
                return None
            return answer.raise_for_status().content
        except httpx.HTTPError as error:
            raise SourceAwayError(str(error) or type(error).__name__) from error
