"""People whose messages count for nothing: bots that answer commands, greet and advertise."""

from importlib.resources import files
from pathlib import Path

COMMENT = "#"


def read_logins(path: Path | None) -> frozenset[str]:
    """Return the logins of a file, one per line, or of the well-known bots without one. Raises OSError, ValueError."""
    source = path if path is not None else files("stream_monitoring.chat").joinpath("known_bots.txt")
    lines = [line.partition(COMMENT)[0].strip().lower() for line in source.read_text(encoding="utf-8").splitlines()]
    wrong = [line for line in lines if len(line.split()) > 1]
    if wrong:
        raise ValueError(f"more than one login on a line: {wrong[0]!r}")
    return frozenset(line.lstrip("@") for line in lines if line)
