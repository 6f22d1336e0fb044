"""Writes the ground truth of everything sent to files, before the bytes go out."""

import json
from collections import Counter
from pathlib import Path
from typing import Any, TextIO

FILES = ("messages", "bursts", "clips", "viewer_clips", "notices", "plays", "rules", "unsent")


class Truth:
    """The truth files of one folder, opened for appending; `flush` hands the lines to the operating system."""

    def __init__(self, folder: Path, most_message_bytes: int = 0) -> None:
        """Open the files. Raises OSError if the folder is not writable.

        `most_message_bytes`: size at which messages.jsonl becomes messages.jsonl.1 and begins anew; 0: it grows.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._most_message_bytes = most_message_bytes
        self._files: dict[str, TextIO] = {name: (folder / f"{name}.jsonl").open("a") for name in FILES}
        self._unsent: Counter[tuple[str, int]] = Counter()

    def messages(self, rows: list[str]) -> None:
        """Append rows rendered by `message_row`."""
        if rows:
            self._files["messages"].write("".join(rows))

    def unsent(self, channel_id: str, second: int) -> None:
        """Count a message for which there was no open, joined and unsilenced socket."""
        self._unsent[channel_id, second] += 1

    def write(self, name: str, row: dict[str, Any]) -> None:
        """Append one row to `NAME.jsonl`."""
        self._files[name].write(json.dumps(row, ensure_ascii=False) + "\n")

    def flush(self, finished_second: int | None = None) -> None:
        """Flush all rows and the unsent counts of seconds before `finished_second`; with None, of all seconds."""
        done = [key for key in self._unsent if finished_second is None or key[1] < finished_second]
        for channel_id, second in done:
            count = self._unsent.pop((channel_id, second))
            self.write("unsent", {"channel_id": channel_id, "second": second, "messages": count})
        for file in self._files.values():
            file.flush()
        if 0 < self._most_message_bytes < self._files["messages"].tell():
            self._rotate_messages()

    def _rotate_messages(self) -> None:
        self._files["messages"].close()
        current = self.folder / "messages.jsonl"
        current.replace(self.folder / "messages.jsonl.1")
        self._files["messages"] = current.open("a")

    def read(self, name: str) -> list[dict[str, Any]]:
        """Return the rows of `NAME.jsonl` without an incomplete last line."""
        lines = (self.folder / f"{name}.jsonl").read_text().split("\n")
        return [json.loads(line) for line in lines[:-1] if line]

    def close(self) -> None:
        """Write the remaining counts and close the files."""
        self.flush()
        for file in self._files.values():
            file.close()


def message_row(message_id: str, channel_id: str, sent_at: int) -> str:
    """Format one line of messages.jsonl. Ids contain no character that JSON escapes."""
    return f'{{"message_id":"{message_id}","channel_id":"{channel_id}","sent_at":{sent_at}}}\n'
