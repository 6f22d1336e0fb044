"""What an operator asks for, as LogsQL."""

import re
from datetime import UTC, datetime, timedelta

import msgspec

from log_collector.logsql import quoted

MACHINES = {"a": "reliable", "reliable": "reliable", "b": "processing", "processing": "processing"}
LEVELS = ("debug", "info", "warning", "error", "critical")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}  # seconds
AROUND = timedelta(minutes=5)


class QuestionError(ValueError):
    """A part of the question is not understood; the text says what to write instead."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Empty parts ask for everything."""

    service: str = ""
    machine: str = ""
    level: str = ""
    moment: str = ""
    text: str = ""
    since: str = ""
    until: str = ""
    at: str = ""
    limit: int = 200


def logsql(question: Question, now: datetime) -> str:
    """Return the query for the newest lines. Raises QuestionError."""
    begin, end = span(question, now)
    parts = [f"_time:[{stamp(begin)}, {stamp(end)}]"]
    if question.service:
        parts.append(f"service:={quoted(question.service.replace('_', '-'))}")
    if question.machine:
        parts.append(f"machine:={quoted(chosen(question.machine.lower(), MACHINES))}")
    if question.level:
        parts.append(f"level:in({','.join(at_least(question.level.lower()))})")
    if question.moment:
        moment = quoted(question.moment.rstrip("/").rpartition("/")[2])
        parts.append(f"(moment_id:={moment} or _msg:{moment} or exception:{moment})")
    if question.text:
        parts.append(f"(_msg:{quoted(question.text)} or exception:{quoted(question.text)})")
    return " ".join(parts) + f" | sort by (_time desc) limit {question.limit}"


def span(question: Question, now: datetime) -> tuple[datetime, datetime]:
    """Return from when to when. Raises QuestionError."""
    if question.at:
        at = time_of(question.at, now)
        return at - AROUND, at + AROUND
    default = "7d" if question.moment else "1h"
    begin = time_of(question.since or default, now)
    return begin, time_of(question.until, now) if question.until else now + timedelta(days=2)


def time_of(written: str, now: datetime) -> datetime:
    """Read `2h` (ago), `03:10` (the last time it was that late) or `2026-11-30 03:10`, in UTC. Raises QuestionError."""
    if ago := re.fullmatch(r"(\d+)([smhd])", written):
        return now - timedelta(seconds=int(ago[1]) * UNITS[ago[2]])
    try:
        if re.fullmatch(r"\d\d:\d\d(:\d\d)?", written):
            today = datetime.combine(now.date(), datetime.strptime(written[:5], "%H:%M").time(), UTC)
            return today if today <= now else today - timedelta(days=1)
        read = datetime.fromisoformat(written)
    except ValueError as error:
        raise QuestionError(f"{written!r} is no time: write 30m, 2h, 3d, 03:10 or '2026-11-30 03:10' (UTC)") from error
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def at_least(level: str) -> tuple[str, ...]:
    """Return the level and those above it. Raises QuestionError."""
    return LEVELS[LEVELS.index(chosen(level, {name: name for name in LEVELS})) :]


def chosen(written: str, choices: dict[str, str]) -> str:
    """Return one of the choices. Raises QuestionError."""
    if written not in choices:
        raise QuestionError(f"{written!r} is none of {', '.join(choices)}")
    return choices[written]


def stamp(at: datetime) -> str:
    """Return a time as LogsQL reads it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
