"""What can go wrong with Twitch. Whether asking again may help is a type: `Retryable`."""

# ruff: noqa: N818  (the names say what happened; `RateLimitedError` would say no more)


class TwitchError(Exception):
    """Twitch did not give what was asked for."""


class Retryable(TwitchError):
    """The same request may succeed later. `reached`: Twitch may have acted on it, though no answer says so."""

    reached = False


class RateLimited(Retryable):
    """Twitch's rate budget is spent until `reset_at` (seconds since 1970, this machine's clock). Nothing was done."""

    def __init__(self, reset_at: float) -> None:
        super().__init__("Twitch's rate budget is spent")
        self.reset_at = reset_at


class Unavailable(Retryable):
    """Twitch could not be reached, or answered with a server error."""

    def __init__(self, reason: str, reached: bool) -> None:
        super().__init__(f"Twitch is unavailable: {reason}")
        self.reached = reached


class Deadline(Retryable):
    """No whole answer came within the call's deadline."""

    def __init__(self, seconds: float, reached: bool = True, address: str = "") -> None:
        super().__init__(f"no answer within {seconds:.1f} s" + (f" from {address}" if address else ""))
        self.reached = reached


class Unauthorized(TwitchError):
    """Twitch does not accept the token or the credentials."""


class SignInNeeded(Unauthorized):
    """A person has to sign in again."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}; sign in again: python seed_twitch_tokens.py")


class Refused(TwitchError):
    """Twitch said no (4xx). `status` is the HTTP status, `message` Twitch's words."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"Twitch refused ({status}): {message}")
        self.status = status
        self.message = message


class WrongShape(TwitchError):
    """Twitch's answer is not what its reference promises."""
