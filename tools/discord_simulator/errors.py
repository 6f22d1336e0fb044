"""Discord's errors: status, code and message, and the tree of a form's errors."""

from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

ERRORS: Final[dict[int, tuple[int, str]]] = {  # code: status, message
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10011: (404, "Unknown Role"),
    10013: (404, "Unknown User"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    20012: (403, "You are not authorized to perform this action on this application"),
    30032: (400, "Maximum number of application commands reached (100)."),
    30046: (429, "Maximum number of edits to messages older than 1 hour reached. Try again later"),
    40005: (413, "Request entity too large"),
    40060: (400, "Interaction has already been acknowledged."),
    50001: (403, "Missing Access"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50008: (400, "Cannot send messages in a non-text channel"),
    50013: (403, "Missing Permissions"),
    50025: (401, "Invalid OAuth2 access token provided"),
    50027: (401, "Invalid Webhook Token"),
    50035: (400, "Invalid Form Body"),
    50109: (400, "The request body contains invalid JSON."),
}
STATUS_MESSAGES: Final = {401: "401: Unauthorized", 404: "404: Not Found", 405: "405: Method Not Allowed"}


class DiscordError(Exception):
    """An answer that is an error: `status` and `body` as REST sends them."""

    def __init__(
        self, code: int, errors: dict[str, Any] | None = None, retry_after_seconds: float | None = None
    ) -> None:
        self.status, message = ERRORS[code]
        self.code = code
        self.body: dict[str, Any] = {"message": message, "code": code}
        if errors:
            self.body["errors"] = errors
        if retry_after_seconds is not None:
            self.body |= {"retry_after": round(retry_after_seconds, 3), "global": False}
        super().__init__(f"{code} {message}: {errors}" if errors else f"{code} {message}")


class StatusError(Exception):
    """An error without a code of its own."""

    def __init__(self, status: int) -> None:
        self.status = status
        self.body: dict[str, Any] = {"message": STATUS_MESSAGES[status], "code": 0}
        super().__init__(STATUS_MESSAGES[status])


class FormErrors:
    """Collects what is wrong with a body, by the path of each field."""

    def __init__(self) -> None:
        self._tree: dict[str, Any] = {}

    def add(self, path: tuple[str | int, ...], code: str, message: str) -> None:
        """Add an error of a field."""
        node = self._tree
        for part in path:
            node = node.setdefault(str(part), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def text(self, path: tuple[str | int, ...], value: object, longest: int, shortest: int = 0) -> None:
        """Check a text's length in characters."""
        if not isinstance(value, str):
            self.add(path, "STRING_TYPE_CONVERT", "Could not interpret the value as string.")
        elif shortest and not value.strip():
            self.add(path, "BASE_TYPE_REQUIRED", "This field is required")
        elif len(value) > longest:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {longest} or fewer in length.")

    def many(self, path: tuple[str | int, ...], values: object, most: int) -> bool:
        """Check a list's length; return whether it can be looked into."""
        if not isinstance(values, list):
            self.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return False
        if len(values) > most:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
        return True

    def check(self) -> None:
        """Raise DiscordError 50035 if anything is wrong."""
        if self._tree:
            raise DiscordError(50035, self._tree)


def check_types(adapter: TypeAdapter[Any], body: object) -> None:
    """Raise DiscordError 50035 if a body has not the types that it must have."""
    errors = FormErrors()
    try:
        adapter.validate_python(body, strict=True)
    except ValidationError as found:
        for each in found.errors(include_url=False, include_context=False, include_input=False):
            errors.add(each["loc"], "BASE_TYPE_CONVERT", each["msg"])
    errors.check()
