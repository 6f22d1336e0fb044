"""What a browser carries: signed, so that nobody makes up others. The key comes from the application's secret."""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer

ID_BYTES = 32  # of a session; nobody guesses it
SIGNING = {"key_derivation": "hmac", "digest_method": sha256}
LONGEST_COOKIE = 3000  # characters
NOTICE_SECONDS = 60  # in which the next page has to come


class Cookies:
    """Makes and reads them. `whose`: where people sign in; nobody's cookies are good at the other's pages."""

    def __init__(self, secret: str, whose: str = "discord") -> None:
        self._key = hmac.digest(secret.encode(), f"csrf of {whose} sessions".encode(), "sha256")
        self._sessions = URLSafeSerializer(secret, salt=f"{whose} session", signer_kwargs=SIGNING)
        self._states = URLSafeTimedSerializer(secret, salt=f"{whose} state", signer_kwargs=SIGNING)
        self._notices = URLSafeTimedSerializer(secret, salt=f"{whose} notice", signer_kwargs=SIGNING)

    def session(self, session_id: bytes, token_part: bytes) -> str:
        """Return the cookie of a session."""
        return str(self._sessions.dumps([text_of(session_id), text_of(token_part)]))

    def read_session(self, cookie: str | None) -> tuple[bytes, bytes] | None:
        """Return a session's id and its part of the token; None if the cookie is none of ours."""
        try:
            session_id, token_part = self._sessions.loads(short(cookie))
            return bytes_of(session_id), bytes_of(token_part)
        except (BadData, ValueError, TypeError):
            return None

    def csrf(self, session_id: bytes) -> str:
        """Return what each form of a session has to bring back: other sites cannot read it."""
        return hmac.digest(self._key, session_id, "sha256").hex()

    def state(self, state: str, carried: str) -> str:
        """Return the cookie of a browser that is sent away to sign in."""
        return str(self._states.dumps([state, carried]))

    def read_state(self, cookie: str, seconds: int) -> tuple[str, str]:
        """Return a state and what came with it. Raises itsdangerous's `SignatureExpired` and `BadData`."""
        state, carried = self._states.loads(short(cookie), max_age=seconds)
        return str(state), str(carried)

    def notice(self, text: str) -> str:
        """Return the cookie that says on the next page what was done."""
        return str(self._notices.dumps(text))

    def read_notice(self, cookie: str | None) -> str:
        """Return what was done; empty if the cookie is none of ours."""
        try:
            return str(self._notices.loads(short(cookie), max_age=NOTICE_SECONDS))
        except BadData:
            return ""


def short(cookie: str | None) -> str:
    """Return a cookie that may be ours, else an empty one."""
    return cookie if cookie and len(cookie) <= LONGEST_COOKIE else ""


def in_two(token: str) -> tuple[bytes, bytes]:
    """Part a text: either part alone is as good as random, and says nothing of it but its length."""
    whole = token.encode()
    pad = secrets.token_bytes(len(whole))
    return pad, xor(whole, pad)


def joined(one: bytes, other: bytes) -> str:
    """Put a text together. Raises ValueError if the parts do not belong together."""
    return xor(one, other).decode()


def xor(one: bytes, other: bytes) -> bytes:
    """Combine bytes. Raises ValueError unless there are as many."""
    return bytes(left ^ right for left, right in zip(one, other, strict=True))


def text_of(value: bytes) -> str:
    """Write bytes as a text."""
    return urlsafe_b64encode(value).decode()


def bytes_of(text: Any) -> bytes:
    """Read bytes. Raises ValueError or TypeError."""
    return urlsafe_b64decode(text)
