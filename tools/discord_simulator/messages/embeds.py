"""Embeds within Discord's limits (developer documentation, Message resource, embed limits)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from discord_simulator.errors import FormErrors

Path = tuple[str | int, ...]
EMBEDS: Final = 10  # of a message
FIELDS: Final = 25
TOTAL: Final = 6000  # characters of all embeds of a message
LONGEST: Final = {"title": 256, "description": 4096}
FOOTER, AUTHOR, FIELD_NAME, FIELD_VALUE, URL = 2048, 256, 256, 1024, 2048
WHITE: Final = 0xFFFFFF
SHOWN: Final = ("title", "description", "url", "timestamp", "color", "footer", "image", "thumbnail", "author", "fields")


def check_url(errors: FormErrors, path: Path, url: object, schemes: tuple[str, ...] = ("http", "https")) -> None:
    """Check an address: well formed, and of a scheme that Discord follows."""
    errors.text(path, url, URL)
    if not isinstance(url, str) or not url:
        return
    try:
        parts = urlsplit(url)
        host = parts.netloc or parts.path
    except ValueError:
        parts, host = None, ""
    if parts is None or not host or " " in url or not parts.scheme:
        errors.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
    elif parts.scheme not in schemes:
        allowed = ", ".join(f"'{each}'" for each in schemes)
        message = f'Scheme "{parts.scheme}" is not supported. Scheme must be one of ({allowed}).'
        errors.add(path, "URL_TYPE_INVALID_SCHEME", message)


def check_fields(errors: FormErrors, path: Path, fields: object) -> None:
    """Check the fields of an embed."""
    if not errors.many(path, fields, FIELDS) or not isinstance(fields, list):
        return
    for index, each in enumerate(fields):
        row = each if isinstance(each, Mapping) else {}
        errors.text((*path, index, "name"), row.get("name", ""), FIELD_NAME, shortest=1)
        errors.text((*path, index, "value"), row.get("value", ""), FIELD_VALUE, shortest=1)


def check_values(errors: FormErrors, path: Path, embed: Mapping[str, Any]) -> None:
    """Check an embed's colour and time."""
    color, timestamp = embed.get("color"), embed.get("timestamp")
    if color is not None and (not isinstance(color, int) or not 0 <= color <= WHITE):
        errors.add((*path, "color"), "NUMBER_TYPE_MAX", f"int value should be less than or equal to {WHITE}.")
    if timestamp is not None:
        try:
            datetime.fromisoformat(str(timestamp).replace("Z", "+00:00"))
        except ValueError:
            message = f"Could not parse {timestamp}. Should be ISO8601."
            errors.add((*path, "timestamp"), "DATE_TIME_TYPE_PARSE", message)


def check_embed(errors: FormErrors, path: Path, embed: Mapping[str, Any]) -> None:
    """Check one embed."""
    for name, longest in LONGEST.items():
        if embed.get(name) is not None:
            errors.text((*path, name), embed[name], longest)
    if embed.get("url"):
        check_url(errors, (*path, "url"), embed["url"])
    for name in ("image", "thumbnail"):
        if embed.get(name):
            check_url(errors, (*path, name, "url"), embed[name].get("url"), ("http", "https", "attachment"))
    for name, key, longest in (("footer", "text", FOOTER), ("author", "name", AUTHOR)):
        if embed.get(name):
            errors.text((*path, name, key), embed[name].get(key), longest, shortest=1)
    if embed.get("author") and embed["author"].get("url"):
        check_url(errors, (*path, "author", "url"), embed["author"]["url"])
    if embed.get("fields") is not None:
        check_fields(errors, (*path, "fields"), embed["fields"])
    check_values(errors, path, embed)


def texts(embed: Mapping[str, Any]) -> Iterator[str]:
    """Return the texts that count towards the total."""
    yield from (embed.get("title") or "", embed.get("description") or "")
    yield from ((embed.get("footer") or {}).get("text") or "", (embed.get("author") or {}).get("name") or "")
    for field in embed.get("fields") or []:
        if isinstance(field, Mapping):
            yield from (str(field.get("name", "")), str(field.get("value", "")))


def read_embeds(errors: FormErrors, embeds: object) -> list[dict[str, Any]]:
    """Check a message's embeds and return them as Discord keeps them."""
    if embeds is None or not errors.many(("embeds",), embeds, EMBEDS) or not isinstance(embeds, list):
        return []
    kept, total = [], 0
    for index, embed in enumerate(embeds):
        if not isinstance(embed, Mapping):
            errors.add(("embeds", index), "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
            continue
        check_embed(errors, ("embeds", index), embed)
        total += sum(len(text) for text in texts(embed))
        kept.append({"type": "rich"} | {key: embed[key] for key in SHOWN if embed.get(key) not in (None, "", [], {})})
    if total > TOTAL:
        message = f"Embed size exceeds maximum size of {TOTAL}"
        errors.add(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", message)
    return kept
