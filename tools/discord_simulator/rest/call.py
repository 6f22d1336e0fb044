"""A request as handlers get it: its body read, its sender known."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from discord_simulator.errors import DiscordError
from discord_simulator.messages.drafts import File, safe_name
from discord_simulator.oauth.grants import UserToken


@dataclass(frozen=True)
class Call:
    """A request. `user`: the person's token if it is not the bot's."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any = None
    files: list[File] = field(default_factory=list)
    user: UserToken | None = None
    authorization: str = ""

    def number(self, name: str, code: int) -> int:
        """Return an id of the path. Raises the error for unknown ones."""
        text = self.path[name]
        if not text.isdecimal() or len(text) > 20:
            raise DiscordError(code)
        return int(text)

    def fields(self) -> Mapping[str, Any]:
        """Return the body's fields. Raises DiscordError 50035 if it is no object."""
        if not isinstance(self.body, Mapping):
            raise DiscordError(50035)
        return self.body

    def optional_number(self, name: str) -> int | None:
        """Return a number of the query. Raises DiscordError 50035."""
        text = self.query.get(name)
        if text is None:
            return None
        if not text.isdecimal():
            error = {"code": "NUMBER_TYPE_COERCE", "message": f'Value "{text}" is not snowflake.'}
            raise DiscordError(50035, {name: {"_errors": [error]}})
        return int(text)


@dataclass(frozen=True)
class Answer:
    """An answer other than 200 with JSON, or 204 for None."""

    status: int
    body: Any


Handler = Callable[[Call], Any | Awaitable[Any]]


def refuse(constant: str) -> None:
    """Refuse NaN and the like, which JSON does not have. Raises ValueError."""
    raise ValueError(constant)


def read_json(text: str | bytes) -> Any:
    """Parse a body. Raises DiscordError 50109."""
    try:
        return json.loads(text, parse_constant=refuse)
    except ValueError:
        raise DiscordError(50109) from None


async def read_body(request: Request) -> tuple[Any, list[File]]:
    """Return a request's body and files. Raises DiscordError 50109."""
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind == "application/x-www-form-urlencoded":
        return dict(await request.form()), []
    if kind != "multipart/form-data":
        content = await request.body()
        return (read_json(content) if content else None), []
    form = await request.form()
    files = [
        File(safe_name(part.filename or ""), await part.read(), part.content_type or "")
        for name, part in form.multi_items()
        if isinstance(part, UploadFile) and name.startswith("files[")
    ]
    plain = form.get("payload_json")
    return (read_json(plain) if isinstance(plain, str) else {}), files
