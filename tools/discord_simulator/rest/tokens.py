"""OAuth2's endpoints for programs: token and revoke."""

from base64 import b64decode
from binascii import Error
from collections.abc import Mapping
from hmac import compare_digest
from typing import Any

from discord_simulator.discord import Discord
from discord_simulator.oauth.grants import TOKEN_SECONDS, GrantError, UserToken
from discord_simulator.rest.call import Answer, Call
from discord_simulator.rest.gate import NOBODY, Endpoint


def client_of(call: Call, form: Mapping[str, Any]) -> tuple[str, str]:
    """Return the client's id and secret from the header or the form."""
    scheme, _, value = call.authorization.partition(" ")
    if scheme != "Basic":
        return str(form.get("client_id", "")), str(form.get("client_secret", ""))
    try:
        name, _, secret = b64decode(value).decode().partition(":")
    except (Error, UnicodeDecodeError):
        return "", ""
    return name, secret


def granted(token: UserToken) -> dict[str, Any]:
    """Return the token endpoint's answer."""
    return {
        "token_type": "Bearer",  # nosec B105
        "access_token": token.value,
        "expires_in": TOKEN_SECONDS,
        "refresh_token": token.refresh,
        "scope": " ".join(token.scopes),
    }


class TokenRoutes:
    """The handlers."""

    def __init__(self, discord: Discord) -> None:
        self._discord = discord

    def _form(self, call: Call) -> Mapping[str, Any] | None:
        """Return the form of the application; None for anybody else."""
        form = call.body if isinstance(call.body, Mapping) else {}
        client_id, secret = client_of(call, form)
        is_known = client_id == str(self._discord.world.bot.user_id)
        is_right = compare_digest(secret.encode(), self._discord.settings.client_secret.encode())
        return form if is_known and is_right else None

    def token(self, call: Call) -> Any:
        """Redeem a code or a refresh token."""
        form = self._form(call)
        if form is None:
            return Answer(401, {"error": "invalid_client"})
        grants, kind = self._discord.grants, form.get("grant_type")
        try:
            if kind == "authorization_code":
                given = (str(form.get(name, "")) for name in ("code", "redirect_uri", "code_verifier"))
                return granted(grants.redeem(*given))
            if kind == "refresh_token":
                return granted(grants.refresh(str(form.get("refresh_token", ""))))
        except GrantError as error:
            return Answer(400, {"error": str(error), "error_description": 'Invalid "code" in request.'})
        return Answer(400, {"error": "unsupported_grant_type", "error_description": "Grant type None is not supported"})

    def revoke(self, call: Call) -> Any:
        """Void a token."""
        form = self._form(call)
        if form is None:
            return Answer(401, {"error": "invalid_client"})
        self._discord.grants.revoke(str(form.get("token", "")))
        return {}

    def endpoints(self) -> list[Endpoint]:
        """Return the endpoints."""
        return [
            Endpoint("POST /oauth2/token", self.token, NOBODY),
            Endpoint("POST /oauth2/token/revoke", self.revoke, NOBODY),
        ]
