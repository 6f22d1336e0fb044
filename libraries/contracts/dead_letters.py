"""A record that could not be decoded, kept with the reason for the operator."""

import msgspec

SCHEMA_VERSION = 1
PAYLOAD_LIMIT = 2048  # characters kept of a bad record


class DeadLetter(msgspec.Struct, kw_only=True, frozen=True):
    """A bad record. `place`: where it was found (`irc` or a topic). `payload` holds no login and no display name."""

    schema_version: int
    place: str
    reason: str
    payload: str
    met_at: int
