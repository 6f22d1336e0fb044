"""Replaces files atomically: a crash or a power cut leaves the old content or the new one."""

import os
import tempfile
from pathlib import Path

OWNER_ONLY = 0o600


def replace_durably(path: Path, content: bytes) -> None:
    """Replace a file and sync it to disk; only its owner may read it.

    The folder must exist. Raises OSError and keeps the old file if it fails.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), OWNER_ONLY)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_path(path.parent)


def sync_path(path: Path) -> None:
    """Sync a file, or the names in a folder, to disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
