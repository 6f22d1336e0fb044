"""Twitch's sign-in: grants, refreshes and validates tokens."""

from typing import Any

from twitch_access.answers import DeviceCode, GrantedToken, Validation, decode, problem
from twitch_access.errors import Refused, Unauthorized, Unavailable, WrongShape
from twitch_access.retries import within
from twitch_access.transport import Answer, Transport

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


class Authority:
    """The token endpoints. Refusals are `Refused` (400, 403) or `Unauthorized` (401)."""

    def __init__(
        self, transport: Transport, url: str, client_id: str, client_secret: str | None, deadline_seconds: float
    ) -> None:
        self.url = url
        self.client_id = client_id
        self.has_secret = client_secret is not None
        self._secret = {"client_secret": client_secret} if client_secret is not None else {}
        self._transport = transport
        self.deadline_seconds = deadline_seconds

    def application_token(self, seconds: float | None = None) -> GrantedToken:
        """Request a token for the application itself (client credentials)."""
        return self._grant(seconds, grant_type="client_credentials")

    def refreshed(self, refresh_token: str, seconds: float | None = None) -> GrantedToken:
        """Exchange a refresh token for a new user token."""
        return self._grant(seconds, grant_type="refresh_token", refresh_token=refresh_token)

    def redeem_code(self, code: str, redirect_uri: str) -> GrantedToken:
        """Exchange the code that the browser brought back for the user token."""
        return self._grant(None, grant_type="authorization_code", code=code, redirect_uri=redirect_uri)

    def redeem_device(self, device_code: str, scope: str) -> GrantedToken:
        """Request the user token; `Refused` with `authorization_pending` until the person has agreed."""
        return self._grant(None, grant_type=DEVICE_GRANT, device_code=device_code, scopes=scope)

    def device_code(self, scope: str) -> DeviceCode:
        """Request a code for a person to enter on another machine."""
        form = {"client_id": self.client_id, "scopes": scope}
        code: DeviceCode = self._ask("POST", "device", DeviceCode, form=form)
        return code

    def validate(self, token: str) -> Validation:
        """Ask Twitch whose token this is; `Unauthorized` if it is no longer valid."""
        found: Validation = self._ask("GET", "validate", Validation, headers={"Authorization": f"OAuth {token}"})
        return found

    def revoke(self, token: str) -> None:
        """Void a token; one that Twitch does not know any more is as good."""
        address = f"{self.url}revoke"
        form = {"client_id": self.client_id, "token": token}

        def attempt(left: float) -> Answer:
            return checked(self._transport.ask("POST", address, left, form=form), address)

        try:
            within(self.deadline_seconds, attempt)
        except Refused as error:
            if error.status != 400:
                raise

    def _grant(self, seconds: float | None, **form: str) -> GrantedToken:
        form = {"client_id": self.client_id} | self._secret | form
        granted: GrantedToken = self._ask("POST", "token", GrantedToken, seconds, form=form)
        return granted

    def _ask(self, method: str, path: str, kind: Any, seconds: float | None = None, **request: Any) -> Any:
        """Ask within `seconds`, but never longer than the deadline of any call."""
        address = self.url + path

        def attempt(left: float) -> Answer:
            return checked(self._transport.ask(method, address, left, **request), address)

        longest = self.deadline_seconds if seconds is None else min(seconds, self.deadline_seconds)
        return decode(within(longest, attempt).body, kind, address)


def checked(answer: Answer, address: str) -> Answer:
    """Return a successful answer; raise its error otherwise. `address`: what was asked, for the error."""
    if 200 <= answer.status < 300:
        return answer
    message = problem(answer.body)
    if answer.status == 401:
        raise Unauthorized(message or f"{address} answered 401 without a reason")
    if answer.status >= 500 or answer.status == 429:
        raise Unavailable(f"{address} answered {answer.status}", reached=True)
    if answer.status in (400, 403):
        raise Refused(answer.status, message or f"{address} gave no reason")
    raise WrongShape(f"{address} answered {answer.status}: check TWITCH_AUTH_URL")
