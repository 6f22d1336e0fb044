"""What Postgres tells its listeners: JSON with the id of a moment, or of a channel that has opted out."""

import json


def moment_in(payload: str) -> str | None:
    """Read the moment's id in a notification; None if it is of something else, or malformed."""
    return _text(payload, "id")


def channel_in(payload: str) -> str | None:
    """Read the channel's id in a notification of an opt-out; None if it is another, or malformed."""
    return _text(payload, "channel")


def _text(payload: str, name: str) -> str | None:
    try:
        found = json.loads(payload)[name]
    except (ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, str) else None
