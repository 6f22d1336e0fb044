"""Writes the ground truth: what was sent, edited, deleted and answered, one JSON object per line."""

import json
from os import SEEK_END
from pathlib import Path
from typing import Any, TextIO

FILES = ("messages", "interactions", "gateway", "refusals")


def end_last_line(path: Path) -> None:
    """End a line that a kill cut off, so that the next one begins a line of its own."""
    if path.exists() and path.stat().st_size:
        with path.open("rb+") as file:
            file.seek(-1, SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")


class Truth:
    """The truth files of one folder, opened for appending; each line is handed to the operating system at once."""

    def __init__(self, folder: Path) -> None:
        """Open the files. Raises OSError if the folder is not writable."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        for name in FILES:
            end_last_line(folder / f"{name}.jsonl")
        self._files: dict[str, TextIO] = {name: (folder / f"{name}.jsonl").open("a", buffering=1) for name in FILES}

    def write(self, name: str, row: dict[str, Any]) -> None:
        """Append one row to `NAME.jsonl`."""
        self._files[name].write(json.dumps(row, ensure_ascii=False) + "\n")

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()
