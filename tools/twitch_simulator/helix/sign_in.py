"""A person's side of signing in: the authorization page and device codes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse

from twitch_simulator.helix.tokens import CLIENT_ID, SCOUT, Token, Tokens, User

DEVICE_GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
CODE_SECONDS: Final = 1800  # as Twitch's device codes
POLL_SECONDS: Final = 1  # Twitch requires 5; shorter for tests
MAKES_CLIPS: Final = "clips:edit"
DENIED = {"error": "access_denied", "error_description": "The user denied you access"}


@dataclass
class Device:
    """A device code waiting to be entered."""

    user_code: str
    expires_at: int  # ms since 1970
    answer: str = "pending"  # or agreed, denied

    def decide(self, agrees: bool) -> None:
        """Record the person's decision."""
        self.answer = "agreed" if agrees else "denied"


class SignIns:
    """Pending device sign-ins and their decisions."""

    def __init__(self, tokens: Tokens, now: Any) -> None:
        self._tokens, self._now = tokens, now
        self._devices: dict[str, Device] = {}

    def new_device(self) -> tuple[str, Device]:
        """Create a device code and return it with its state."""
        code = uuid4().hex
        self._devices[code] = Device(uuid4().hex[:8].upper(), self._now() + CODE_SECONDS * 1000)
        return code, self._devices[code]

    def enter(self, user_code: str, agrees: bool) -> bool:
        """Record the decision of a person who enters a code; return False for an unknown code."""
        for device in self._devices.values():
            if device.user_code == user_code.upper():
                device.decide(agrees)
                return True
        return False

    def redeem(self, device_code: str) -> tuple[Token, str] | str:
        """Redeem a device code once for a user token and its refresh token; else return Twitch's message."""
        device = self._devices.get(device_code)
        if device is None or device.expires_at <= self._now():
            return "invalid device code"
        if device.answer == "pending":
            return "authorization_pending"
        del self._devices[device_code]
        return self._tokens.public_token() if device.answer == "agreed" else "access_denied"


WHO_ARE_YOU = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Simulated Twitch</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head><body><h1>Simulated Twitch</h1>
<p>{problem}An application wants {wish}. Which channel is yours?</p>
<form>{hidden}<label>Login <input name="login" autofocus></label>
<button>Authorize</button> <button name="deny" value="1">Cancel</button></form></body></html>"""


def who_are_you(query: Mapping[str, str], problem: str = "") -> HTMLResponse:
    """Ask a person for the account to sign in with."""
    fields = {name: value for name, value in query.items() if name not in ("login", "deny")}
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in fields.items()
    )
    scopes = query.get("scope", "")
    wish = f"to do this in your name: {scopes}" if scopes else "to know who you are"
    return HTMLResponse(WHO_ARE_YOU.format(hidden=hidden, problem=escape(problem), wish=escape(wish)))


def page_routes(sign_ins: SignIns, tokens: Tokens, channel_id: Callable[[str], str | None]) -> APIRouter:
    """Build the pages for a person. `deny=1` refuses.

    Visiting one agrees, in the name of the account that makes clips where it is asked to. Else `login` says whose
    account it is, and a page asks for it.
    """
    router = APIRouter(prefix="/oauth2")

    @router.get("/authorize")
    async def authorize(request: Request) -> Response:
        query = request.query_params
        if query.get("client_id") != CLIENT_ID or query.get("response_type") != "code":
            return JSONResponse({"status": 400, "message": "invalid client"}, 400)
        back = {"state": query.get("state", "")}
        if query.get("deny"):
            back |= DENIED
        elif MAKES_CLIPS in query.get("scope", "").split():
            back |= {"code": tokens.new_code(SCOUT), "scope": query["scope"]}
        else:
            login = query.get("login", "").strip().lower()
            user_id = channel_id(login)
            if user_id is None:
                return who_are_you(query, "There is no such channel. " if login else "")
            scopes = tuple(query.get("scope", "").split())
            back |= {"code": tokens.new_code(User(user_id, login, scopes=scopes)), "scope": " ".join(scopes)}
        return RedirectResponse(f"{query.get('redirect_uri', '')}?{urlencode(back)}", 302)

    add_device_pages(router, sign_ins)
    return router


def add_device_pages(router: APIRouter, sign_ins: SignIns) -> None:
    """Add the endpoint that gives a device its code, and the page where a person enters one."""

    @router.post("/device")
    async def device(request: Request) -> JSONResponse:
        fields = dict(request.query_params) | {key: str(value) for key, value in (await request.form()).items()}
        if fields.get("client_id") != CLIENT_ID:
            return JSONResponse({"status": 400, "message": "invalid client"}, 400)
        code, waiting = sign_ins.new_device()
        page = f"{str(request.base_url).rstrip('/')}/oauth2/activate?device-code={waiting.user_code}"
        answer = {"device_code": code, "user_code": waiting.user_code, "verification_uri": page}
        return JSONResponse(answer | {"expires_in": CODE_SECONDS, "interval": POLL_SECONDS})

    @router.get("/activate")
    async def activate(request: Request) -> Response:
        known = sign_ins.enter(request.query_params.get("device-code", ""), not request.query_params.get("deny"))
        return PlainTextResponse("Done.\n") if known else PlainTextResponse("There is no such code.\n", 404)
