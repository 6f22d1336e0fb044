"""The types of a command's body; names and lengths are checked afterwards."""

from typing import Annotated, Any, Final, Required

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

Flags = Annotated[str, Field(pattern=r"^\d{1,20}$")] | Annotated[int, Field(ge=0)]


class Choice(TypedDict, total=False):
    """A value to choose, or a suggestion."""

    name: Required[str]
    value: Required[str | int | float]
    name_localizations: dict[str, str] | None


class Option(TypedDict, total=False):
    """An option or a subcommand."""

    type: Required[int]
    name: str
    description: str | None
    name_localizations: dict[str, str] | None
    description_localizations: dict[str, str] | None
    required: bool | None
    autocomplete: bool | None
    choices: list[Choice] | None
    options: "list[Option] | None"
    channel_types: list[int] | None
    min_value: int | float | None
    max_value: int | float | None
    min_length: int | None
    max_length: int | None


class CommandBody(TypedDict, total=False):
    """A command."""

    name: str
    type: int
    description: str | None
    name_localizations: dict[str, str] | None
    description_localizations: dict[str, str] | None
    options: list[Option] | None
    default_member_permissions: Flags | None
    contexts: list[int] | None
    integration_types: list[int] | None
    nsfw: bool | None
    dm_permission: bool | None


COMMANDS: Final[TypeAdapter[Any]] = TypeAdapter(list[CommandBody])
SUGGESTIONS: Final[TypeAdapter[Any]] = TypeAdapter(list[Choice])
