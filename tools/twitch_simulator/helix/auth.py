"""The endpoints of id.twitch.tv: token, validate, revoke."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from twitch_simulator.helix.sign_in import DEVICE_GRANT, SignIns, page_routes
from twitch_simulator.helix.tokens import CLIENT_ID, CLIENT_SECRET, Token, Tokens

BEARER = "bearer"
APP_LIFETIME_SECONDS = 5_011_271  # about the lifetime of Twitch's app tokens


def refused(status: int, message: str) -> JSONResponse:
    """Build an error in the format of id.twitch.tv."""
    return JSONResponse({"status": status, "message": message}, status)


def granted(pair: tuple[Token, str], tokens: Tokens) -> dict[str, Any]:
    """Build the token endpoint's answer for a user token."""
    token, refresh = pair
    answer: dict[str, Any] = {"access_token": token.value, "expires_in": tokens.lifetime_seconds}
    return answer | {"refresh_token": refresh, "scope": list(token.scopes), "token_type": BEARER}


async def parameters(request: Request) -> dict[str, str]:
    """Return the fields of the query and the form: clients use either."""
    form = await request.form()
    return dict(request.query_params) | {key: str(value) for key, value in form.items()}


def public_grant(kind: str, fields: dict[str, str], tokens: Tokens, sign_ins: SignIns) -> JSONResponse | None:
    """Answer a request that needs no client secret; return None for any other."""
    if kind == DEVICE_GRANT:
        redeemed = sign_ins.redeem(fields.get("device_code", ""))
        return refused(400, redeemed) if isinstance(redeemed, str) else JSONResponse(granted(redeemed, tokens))
    pair = tokens.exchange_public_refresh(fields.get("refresh_token", "")) if kind == "refresh_token" else None
    return JSONResponse(granted(pair, tokens)) if pair else None


def grant(fields: dict[str, str], tokens: Tokens, sign_ins: SignIns) -> JSONResponse:
    """Answer a request for a token."""
    if fields.get("client_id") != CLIENT_ID:
        return refused(400, "invalid client")
    kind = fields.get("grant_type", "")
    public = public_grant(kind, fields, tokens, sign_ins)
    if public is not None:
        return public
    if fields.get("client_secret") != CLIENT_SECRET:
        return refused(403, "invalid client secret")
    if kind == "client_credentials":
        token = tokens.app_token()
        answer = {"access_token": token.value, "expires_in": APP_LIFETIME_SECONDS, "token_type": BEARER}
        return JSONResponse(answer)
    if kind == "refresh_token":
        pair = tokens.exchange_refresh(fields.get("refresh_token", ""))
        return JSONResponse(granted(pair, tokens)) if pair else refused(400, "Invalid refresh token")
    if kind == "authorization_code":
        pair = tokens.exchange_code(fields.get("code", ""))
        return JSONResponse(granted(pair, tokens)) if pair else refused(400, "Invalid authorization code")
    return refused(400, "missing grant type" if not kind else "unsupported grant type")


def auth_routes(tokens: Tokens, now: Any, channel_id: Callable[[str], str | None]) -> APIRouter:
    """Build the routes under /oauth2/. `channel_id` finds the id of a login."""
    router, sign_ins = APIRouter(prefix="/oauth2"), SignIns(tokens, now)

    @router.post("/token")
    async def token(request: Request) -> JSONResponse:
        return grant(await parameters(request), tokens, sign_ins)

    @router.get("/validate")
    async def validate(request: Request) -> JSONResponse:
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        found = tokens.find(value) if scheme.lower() in ("oauth", "bearer") else None
        if found is None:
            return refused(401, "invalid access token" if value else "missing authorization token")
        answer: dict[str, Any] = {"client_id": found.client_id, "scopes": list(found.scopes)}
        if found.user_id:
            answer |= {"login": found.login, "user_id": found.user_id}
        return JSONResponse(answer | {"expires_in": (found.expires_at - now()) // 1000})

    @router.post("/revoke")
    async def revoke(request: Request) -> Response:
        fields = await parameters(request)
        if fields.get("client_id") != CLIENT_ID:
            return refused(400, "invalid client")
        return Response() if tokens.revoke(fields.get("token", "")) else refused(400, "Invalid token")

    pages = APIRouter()
    pages.include_router(router)
    pages.include_router(page_routes(sign_ins, tokens, channel_id))
    return pages
