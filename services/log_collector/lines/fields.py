"""The fields of an entry: what our services log as JSON, the level that others write, and where it was read."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from log_collector.lines.joining import Entry
from log_collector.lines.masking import masked

MOST_FIELDS = 60  # of a line; one with more stays text
NAME = re.compile(r"[A-Za-z][\w.@-]{0,63}")
OWN = {"service", "machine", "container", "project", "level", "event", "timestamp"}
MESSAGES = ("event", "msg", "message")
LEVEL = re.compile(
    r"""\b(?:level|lvl)["']?[=:]\s*["']?(\w+)|\b(TRACE|DEBUG|INFO|NOTICE|LOG|WARN(?:ING)?|ERROR|FATAL|PANIC|CRITICAL|SEVERE)\b"""
)
LEVELS = {
    "trace": "debug", "dbg": "debug", "notice": "info", "log": "info", "information": "info", "warn": "warning",
    "err": "error", "severe": "error", "fatal": "critical", "panic": "critical", "crit": "critical",
}  # fmt: skip
KNOWN = {"debug", "info", "warning", "error", "critical"}
SEARCHED = 300  # characters of a line that may name its level
AHEAD = timedelta(hours=1)  # more than this before the collector's clock is a clock gone wrong
KEPT = timedelta(days=7)
EMPTY = "(empty line)"


class Origin(msgspec.Struct, frozen=True):
    """Where a file was found."""

    machine: str
    service: str
    container: str
    project: str
    file: str


def row(entry: Entry, origin: Origin, now: datetime) -> dict[str, Any] | None:
    """Return what is stored of an entry; None if it is older than what the store keeps."""
    at, logged_at = placed(entry.time, now)
    if now - at > KEPT:
        return None
    text = masked(entry.text)
    fields = structured(text) or {"_msg": text or EMPTY}
    if level := level_of(fields.pop("level", None), text):
        fields["level"] = level
    if logged_at:
        fields["logged_at"] = logged_at
    return fields | {
        "_time": entry.time if entry.time and not logged_at else at.isoformat(),
        "machine": origin.machine,
        "service": origin.service,
        "container": origin.container,
        "project": origin.project,
        "log.stream": entry.stream,
        "log.file": origin.file,
        "log.offset": entry.offset,
        "log.end": entry.end,
        "log.size": entry.size,
    }


def placed(time: str, now: datetime) -> tuple[datetime, str]:
    """Return when an entry counts as written, and Docker's time if that cannot be: its clock was ahead."""
    try:
        at = datetime.fromisoformat(time)
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
    except ValueError:
        return now, ""
    return (now, time) if at - now > AHEAD else (at, "")


def structured(text: str) -> dict[str, Any] | None:
    """Return the fields of a line of JSON; None if it is none."""
    if not text.startswith("{"):
        return None
    try:
        written = msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        return None
    message = next((str(written[name]) for name in MESSAGES if written.get(name)), "")
    if not message or len(written) > MOST_FIELDS:
        return None
    fields = {name: plain(value) for name, value in written.items() if name not in OWN and is_name(name)}
    odd = {name: value for name, value in written.items() if not is_name(name)}
    if odd:
        fields["other"] = plain(odd)
    if isinstance(moment := written.get("moment"), str):  # some services call it so
        fields.setdefault("moment_id", moment)
    return fields | {"_msg": message, "event": message, "level": written.get("level")}


def is_name(name: str) -> bool:
    """Return whether the store can have a field of that name that is not one of ours."""
    return bool(NAME.fullmatch(name)) and not name.startswith("log.")


def plain(value: Any) -> Any:
    """Return a text or number as it is, anything else as JSON."""
    return value if isinstance(value, str | int | float | bool) else msgspec.json.encode(value).decode()


def level_of(written: object, text: str) -> str:
    """Return one of five levels, or nothing if the line names none."""
    if not isinstance(written, str):
        found = LEVEL.search(text[:SEARCHED])
        written = (found[1] or found[2]) if found else ""
    level = LEVELS.get(written.lower(), written.lower())
    return level if level in KNOWN else ""
