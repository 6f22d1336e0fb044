"""A folder like /var/lib/docker/containers, written as Docker's json-file driver writes it."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

SPLIT = 16 << 10  # Docker's longest record, bytes of the line


class DockerLog:
    """One container's log, with its rotation: the file is renamed, and a new one begun."""

    def __init__(
        self, root: Path, service: str, number: int = 1, *, max_size: int = 10 << 20, max_files: int = 3
    ) -> None:
        self.id = f"{service}{number}".encode().hex().ljust(64, "0")[:64]
        self.folder = root / self.id
        self.folder.mkdir(parents=True)
        self.path = self.folder / f"{self.id}-json.log"
        self.path.touch()
        self._max_size, self._max_files = max_size, max_files
        self._at = datetime.now(UTC) - timedelta(minutes=10)
        labels = {"com.docker.compose.service": service, "com.docker.compose.project": "test"}
        config = {"Env": ["SECRET_TOKEN=do-not-read"], "Labels": labels}
        (self.folder / "config.v2.json").write_text(json.dumps({"Name": f"/test-{service}-1", "Config": config}))

    @property
    def short(self) -> str:
        return self.id[:12]

    def write(self, line: str, stream: str = "stderr", at: datetime | None = None) -> None:
        """Write a line, split like Docker does."""
        parts = [line[begin : begin + SPLIT] for begin in range(0, len(line), SPLIT)] or [""]
        for part in parts[:-1]:
            self._record(part, stream, at)
        self._record(parts[-1] + "\n", stream, at)

    def write_bytes(self, content: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(content)

    def _record(self, text: str, stream: str, at: datetime | None) -> None:
        self._at += timedelta(microseconds=137)
        time = f"{(at or self._at).isoformat(timespec='microseconds').removesuffix('+00:00')}123Z"
        self.write_bytes(json.dumps({"log": text, "stream": stream, "time": time}).encode() + b"\n")
        if self.path.stat().st_size >= self._max_size:
            self.rotate()

    def rotate(self) -> None:
        for number in range(self._max_files - 1, 0, -1):
            older = self.path.with_name(f"{self.path.name}.{number}")
            newer = self.path.with_name(f"{self.path.name}.{number - 1}") if number > 1 else self.path
            if newer.exists():
                newer.replace(older)
        self.path.touch()

    def remove(self) -> None:
        """As `docker rm` does."""
        shutil.rmtree(self.folder)
