"""A record that could not be understood, kept with its reason where an operator can see it."""

import msgspec

SCHEMA_VERSION = 1
PAYLOAD_LIMIT = 2048  # characters kept of a bad record


class DeadLetter(msgspec.Struct, kw_only=True, frozen=True):
    """`place`: where it was met (`irc`, or a topic's name). `payload` holds no login and no display name."""

    schema_version: int
    place: str
    reason: str
    payload: str
    met_at: int
