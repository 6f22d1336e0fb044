"""The types of a message's body; lengths and the like are checked afterwards, on what has the right types."""

from typing import Annotated, Any, Final, Required

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

Id = Annotated[str, Field(pattern=r"^\d{1,20}$")] | Annotated[int, Field(ge=0)]


class Text(TypedDict, total=False):
    """A footer, author, picture or field of an embed."""

    text: str | None
    name: str | None
    value: str | None
    url: str | None
    icon_url: str | None
    inline: bool | None


class Embed(TypedDict, total=False):
    """An embed."""

    title: str | None
    description: str | None
    url: str | None
    timestamp: str | None
    color: int | None
    footer: Text | None
    image: Text | None
    thumbnail: Text | None
    author: Text | None
    fields: list[Text] | None


class Choice(TypedDict, total=False):
    """A line of a menu."""

    label: str
    value: str
    description: str | None
    default: bool | None
    emoji: dict[str, Any] | None


class Part(TypedDict, total=False):
    """A row, button, menu or field of a form."""

    type: Required[int]
    id: int | None
    style: int | None
    label: str | None
    custom_id: str | None
    url: str | None
    disabled: bool | None
    placeholder: str | None
    value: str | None
    required: bool | None
    min_length: int | None
    max_length: int | None
    min_values: int | None
    max_values: int | None
    channel_types: list[int] | None
    options: list[Choice] | None
    emoji: dict[str, Any] | None
    components: "list[Part] | None"
    component: "Part | None"


class Allowed(TypedDict, total=False):
    """Whom a message may ping."""

    parse: list[str] | None
    users: list[Id] | None
    roles: list[Id] | None
    replied_user: bool | None


class Upload(TypedDict, total=False):
    """A file that is kept or described."""

    id: Required[Id]


class Reference(TypedDict, total=False):
    """The message that is answered."""

    message_id: Id | None


class MessageBody(TypedDict, total=False):
    """The body of a message."""

    content: str | None
    nonce: str | int | None
    enforce_nonce: bool | None
    tts: bool | None
    flags: Annotated[int, Field(ge=0)] | None
    embeds: list[Embed] | None
    components: list[Part] | None
    attachments: list[Upload] | None
    allowed_mentions: Allowed | None
    message_reference: Reference | None


class FormBody(TypedDict, total=False):
    """A form that a person fills in."""

    title: str | None
    custom_id: str | None
    components: list[Part] | None


MESSAGE: Final[TypeAdapter[Any]] = TypeAdapter(MessageBody)
FORM: Final[TypeAdapter[Any]] = TypeAdapter(FormBody)
