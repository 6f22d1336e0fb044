"""Knows a visitor again without an account: by a random number, signed so that nobody makes up others.

The number is in the visitor's cookie, or in the hands of a program that uses the API. Stored is a hash of it.
"""

import secrets
from hashlib import blake2b

from itsdangerous import BadSignature, URLSafeTimedSerializer

from api_frontend.data.database import Database, queries
from contracts.kept import VOICES_DAYS

KEPT_SECONDS = VOICES_DAYS * 86_400
NUMBER_BYTES = 16
HASH_BYTES = 16  # as the table of voices has it
LONGEST_TOKEN = 200  # characters; ours have about 50


class Visitors:
    """Makes and reads tokens. The key is in Postgres: it outlives restarts. Raises `PostgresAwayError`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._signer: URLSafeTimedSerializer | None = None

    async def new(self) -> str:
        """Return the token of a visitor who was never here."""
        return (await self._tokens()).dumps(secrets.token_urlsafe(NUMBER_BYTES))

    async def renewed(self, token: str | None) -> str:
        """Return the same visitor's token, valid from now on; a new one if this is none of ours."""
        number = await self._number(token)
        return await self.new() if number is None else (await self._tokens()).dumps(number)

    async def visitor(self, token: str | None) -> bytes | None:
        """Return the visitor whose token this is; None if it is none of ours, or too old."""
        number = await self._number(token)
        return None if number is None else blake2b(number.encode(), digest_size=HASH_BYTES).digest()

    async def _number(self, token: str | None) -> str | None:
        if not token or len(token) > LONGEST_TOKEN:
            return None
        try:
            return str((await self._tokens()).loads(token, max_age=KEPT_SECONDS))
        except BadSignature:
            return None

    async def _tokens(self) -> URLSafeTimedSerializer:
        if self._signer is None:
            rows = await self._database.rows(queries.visitor_key.sql)
            self._signer = URLSafeTimedSerializer(rows[0]["key"], salt="visitor")
        return self._signer
