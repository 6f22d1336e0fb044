"""Which records belong together: a line that Docker split, and a traceback of many lines."""

import re

import msgspec

from log_collector.lines.record import Record

LONGEST = 1 << 20  # bytes of an entry; the store takes 2 MB
MOST_RECORDS = 2000  # of an entry
GO_CRASH = re.compile(r"(panic|fatal error): |goroutine \d+ \[")
# JSON, a time, logfmt: never part of a traceback.
BEGINS = re.compile(r"\{|\[?\d{4}[-/]\d\d[-/]\d\d|\w+=")
CONTINUES = re.compile(
    r"\s|$|Caused by: |Traceback \(most recent call last\)|\.\.\. \d+ more"
    r"|During handling of the above exception|The above exception was the direct cause"
    r"|([\w$]+\.)+[\w$]*(Exception|Error|Throwable)\b"  # Java's, below the line that logs it
)
PYTHON = "Traceback (most recent call last)"


class Entry(msgspec.Struct):
    """Records of one stream that are stored as one. `size`: their bytes, without those of others between them."""

    stream: str
    offset: int
    end: int
    size: int
    time: str
    parts: list[str]
    records: int = 0
    length: int = 0
    is_whole: bool = True  # the last line is complete
    expects_error: bool = False  # of Python's traceback, whose last line is not indented

    @property
    def text(self) -> str:
        """Return all lines."""
        return "".join(self.parts).strip("\n")


class Joiner:
    """Joins the records of one file; each stream for itself."""

    def __init__(self) -> None:
        self._open: dict[str, Entry] = {}

    def add(self, record: Record) -> list[Entry]:
        """Take the next record; return the entries that are complete."""
        entry = self._open.get(record.stream)
        if entry and fits(entry, record):
            append(entry, record)
            done: list[Entry] = []
        else:
            done = [entry] if entry else []
            entry = self._open[record.stream] = begun(record)
        if is_alone(entry):
            done.append(self._open.pop(record.stream))
        return done

    def close(self, stream: str) -> list[Entry]:
        """Return what is open of a stream: its next record is stored already."""
        return [self._open.pop(stream)] if stream in self._open else []

    def flush(self) -> list[Entry]:
        """Return what is open: nothing more of it has come for a while."""
        done = list(self._open.values())
        self._open.clear()
        return done

    @property
    def is_open(self) -> bool:
        """Return whether an entry may still grow."""
        return bool(self._open)


def begun(record: Record) -> Entry:
    """Return an entry of one record."""
    entry = Entry(record.stream, record.offset, record.end, 0, record.time, [])
    append(entry, record)
    return entry


def append(entry: Entry, record: Record) -> None:
    """Add a record that belongs to the entry."""
    if entry.parts and entry.is_whole:
        entry.parts.append("\n")
    if entry.is_whole:
        indented = record.text[:1] in (" ", "\t", "")
        entry.expects_error = record.text.startswith(PYTHON) or (entry.expects_error and indented)
    entry.parts.append(record.text)
    entry.end, entry.size, entry.is_whole = record.end, entry.size + record.end - record.offset, record.is_whole
    entry.records, entry.length = entry.records + 1, entry.length + size_of(record.text)


def fits(entry: Entry, record: Record) -> bool:
    """Return whether the record continues the entry."""
    if entry.records >= MOST_RECORDS or entry.length + size_of(record.text) > LONGEST:
        return False
    if not entry.is_whole:
        return True
    if not entry.length and entry.records < MOST_RECORDS:  # empty lines alone
        return True
    if BEGINS.match(record.text):
        return False
    head = entry.parts[0]
    return bool(CONTINUES.match(record.text)) or entry.expects_error or bool(GO_CRASH.match(head))


def size_of(text: str) -> int:
    """Return the bytes of a text."""
    return len(text) if text.isascii() else len(text.encode())


def is_alone(entry: Entry) -> bool:
    """Return whether nothing can follow: a complete line of JSON."""
    return entry.is_whole and entry.parts[0].startswith("{") and entry.parts[-1].endswith("}")
