"""The job's SQL files, with their blanks filled in."""

from collections.abc import Mapping
from importlib.resources import files

from moment_detection.detection.channel_events import FIELD, PIECE, SHORT_ID


def literal(text: str) -> str:
    """`text` as an SQL string; unprintable characters become U&'' escapes."""
    escaped = "".join(letter if letter.isprintable() else f"\\{ord(letter):04X}" for letter in text)
    return ("U&" if escaped != text else "") + "'" + escaped.replace("'", "''") + "'"


def statement(name: str, **blanks: str) -> str:
    """The SQL of `sql/NAME.sql`."""
    return files("clip_detector.job").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8").format(**blanks)


def options(pairs: Mapping[str, str]) -> str:
    """The inside of a WITH clause."""
    return ",\n    ".join(f"{literal(name)} = {literal(value)}" for name, value in pairs.items())


def piece() -> str:
    """SQL of one message as evidence: chatter, short id, emotes, text without our separators."""
    field, gone = literal(FIELD), literal(PIECE + FIELD)
    text = f"TRANSLATE(SUBSTRING(`text`, 1, 200), {gone}, '  ')"
    return f"CONCAT(chatter, {field}, SUBSTRING(message_id, 1, {SHORT_ID}), {field}, emotes, {field}, {text})"
