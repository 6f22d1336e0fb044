"""What can go wrong with a provider's answer. After each of them the last good catalogue stays in force."""

# ruff: noqa: N818  (the names say what happened; `RateLimitedError` would say no more)

from typing import ClassVar


class CatalogueError(Exception):
    """A provider did not give a catalogue. `kind` is the failure's label in the metrics.

    `is_providers`: the provider as a whole is in trouble, so its other catalogues need not be asked for now.
    """

    kind: ClassVar[str] = "other"
    is_providers: ClassVar[bool] = True


class Unreachable(CatalogueError):
    """No connection came about, or it broke."""

    kind = "unreachable"


class TooSlow(CatalogueError):
    """No whole answer came within the deadline."""

    kind = "slow"


class CutOff(CatalogueError):
    """The answer ended before its end."""

    kind = "cut_off"


class TooLarge(CatalogueError):
    """The answer is larger than any catalogue, packed or unpacked."""

    kind = "too_large"
    is_providers = False


class ServerTrouble(CatalogueError):
    """The provider answered with a server error (5xx). `wait_seconds`: how long it asks to wait, if it does."""

    kind = "server_error"

    def __init__(self, status: int, wait_seconds: float | None = None) -> None:
        super().__init__(f"the provider answered {status}")
        self.wait_seconds = wait_seconds


class RateLimited(CatalogueError):
    """The provider's limit is reached. `wait_seconds`: until it is reset, None where the provider does not say it."""

    kind = "rate_limited"

    def __init__(self, wait_seconds: float | None) -> None:
        super().__init__("the provider's limit is reached")
        self.wait_seconds = wait_seconds


class Refused(CatalogueError):
    """The provider answered with another status than 200, and it is none that the other errors stand for."""

    kind = "refused"
    is_providers = False


class WrongShape(CatalogueError):
    """The answer is not what the provider's documents promise: HTML, null, or wrong types."""

    kind = "wrong_shape"
    is_providers = False


class NotThere(CatalogueError):
    """The channel has no account at this provider. Providers turn it into an empty catalogue."""

    kind = "not_there"
    is_providers = False


class Emptied(CatalogueError):
    """All emotes of a catalogue are gone at once. It is believed when the next answer says it too."""

    kind = "emptied"
    is_providers = False


class StoreFailed(CatalogueError):
    """The answer was good, and this machine's disk did not take it."""

    kind = "store"
    is_providers = False
