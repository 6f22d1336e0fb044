"""The job's SQL files, with their placeholders filled in."""

from collections.abc import Mapping
from importlib.resources import files

from moment_detection.detection.channel_events import FIELD, PIECE, SHORT_ID
from moment_detection.evidence.chat_message import TEXT_LIMIT


def literal(text: str) -> str:
    """Return `text` as an SQL string; unprintable characters become U&'' escapes."""
    escaped = "".join(letter if letter.isprintable() else f"\\{ord(letter):04X}" for letter in text)
    return ("U&" if escaped != text else "") + "'" + escaped.replace("'", "''") + "'"


def statement(name: str, **values: str) -> str:
    """Return the SQL of `sql/NAME.sql` with its placeholders replaced."""
    return files("clip_detector.job").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8").format(**values)


def options(pairs: Mapping[str, str]) -> str:
    """Return the contents of a WITH clause."""
    return ",\n    ".join(f"{literal(name)} = {literal(value)}" for name, value in pairs.items())


def piece() -> str:
    """Return the SQL expression of a message's piece: chatter, short id, emotes, and the text without separators."""
    field, separators = literal(FIELD), literal(PIECE + FIELD)
    text = f"TRANSLATE(SUBSTRING(`text`, 1, {TEXT_LIMIT}), {separators}, '  ')"
    return f"CONCAT(chatter, {field}, SUBSTRING(message_id, 1, {SHORT_ID}), {field}, emotes, {field}, {text})"
