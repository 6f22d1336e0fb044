"""How we find our own message again: a nonce that is in the address of its card and that Discord knows repeats by."""

from hashlib import blake2b
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

NONCE_BYTES = 12  # as 24 hexadecimal digits; Discord takes 25 characters
PARAMETER = "ss"


def nonce_of(guild_id: int, text_channel_id: int, kind: str, subject: str) -> str:
    """Return the nonce of a message: always the same for the same place, kind and subject.

    Discord counts nonces by author, whatever the place: two servers that are told of one stream need two of them.
    """
    named = f"{guild_id}\n{text_channel_id}\n{kind}\n{subject}"
    return blake2b(named.encode(), digest_size=NONCE_BYTES).hexdigest()


def marked_address(address: str, nonce: str) -> str:
    """Return the address with the nonce in its query; whoever opens it sees the same page."""
    parts = urlsplit(address)
    query = "&".join(part for part in (parts.query, urlencode({PARAMETER: nonce})) if part)
    return urlunsplit(parts._replace(query=query))


def nonce_in(address: str | None) -> str:
    """Return the nonce in an address; empty if it has none."""
    try:
        found = parse_qs(urlsplit(address or "").query).get(PARAMETER, [])
    except ValueError:
        return ""
    return found[0] if found else ""
