"""Reads the body of a message that is created or edited; nothing of it has been sent yet."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from discord_simulator.errors import DiscordError, FormErrors, check_types
from discord_simulator.messages.bodies import MESSAGE
from discord_simulator.messages.components import read_components
from discord_simulator.messages.embeds import read_embeds
from discord_simulator.messages.mentions import AllowedMentions, read_allowed

LONGEST: Final = 2000  # characters of a message
NONCE: Final = 25  # characters
FILES: Final = 10
FILE_NAME: Final = 260  # characters
OTHER_CHARACTERS: Final = re.compile(r"[^\w.-]", re.ASCII)
FILE_BYTES: Final = 10 * 1024 * 1024  # of all files, without a boost
SUPPRESS_EMBEDS, EPHEMERAL, LOADING, SILENT, COMPONENTS_V2 = 1 << 2, 1 << 6, 1 << 7, 1 << 12, 1 << 15
SETTABLE_FLAGS: Final = SUPPRESS_EMBEDS | EPHEMERAL | SILENT


def safe_name(name: str) -> str:
    """Return a file's name as Discord keeps it: other characters become underscores."""
    return OTHER_CHARACTERS.sub("_", name)[-FILE_NAME:] or "file"


@dataclass(frozen=True)
class File:
    """An uploaded file."""

    name: str
    content: bytes
    content_type: str = "application/octet-stream"


@dataclass(frozen=True)
class Draft:
    """A checked body. `given`: the fields that it has; an edit leaves the others as they are."""

    given: frozenset[str]
    content: str = ""
    embeds: tuple[dict[str, Any], ...] = ()
    components: tuple[dict[str, Any], ...] = ()
    kept_attachments: frozenset[int] = frozenset()
    files: tuple[File, ...] = ()
    nonce: str | None = None
    enforces_nonce: bool = False
    flags: int = 0
    allowed: AllowedMentions = field(default_factory=AllowedMentions)
    reference: int | None = None  # the id of the message that it answers

    def is_empty(self) -> bool:
        """Return whether a message of it would have nothing to show."""
        return not (self.content or self.embeds or self.files or self.components)


def read_content(errors: FormErrors, body: Mapping[str, Any]) -> str:
    """Return the text without the spaces around it, which Discord removes."""
    content = body.get("content")
    if content is None:
        return ""
    content = str(content).strip()
    errors.text(("content",), content, LONGEST)
    return content


def read_nonce(errors: FormErrors, body: Mapping[str, Any]) -> str | None:
    """Return the nonce as text."""
    nonce = body.get("nonce")
    if nonce is None:
        return None
    errors.text(("nonce",), str(nonce), NONCE)
    return str(nonce)


def read_reference(body: Mapping[str, Any]) -> int | None:
    """Return the id of the message that it answers."""
    reference = body.get("message_reference") or {}
    return int(reference["message_id"]) if reference.get("message_id") else None


def kept_ids(attachments: object) -> frozenset[int]:
    """Return the ids of the attachments that an edit keeps: uploads have small numbers as ids."""
    rows = attachments if isinstance(attachments, list) else []
    ids = (int(each.get("id", 0)) for each in rows if isinstance(each, Mapping))
    return frozenset(each for each in ids if each >= FILES)


def read_draft(body: Mapping[str, Any], files: Sequence[File] = ()) -> Draft:
    """Check a body. Raises DiscordError 40005 or 50035."""
    if sum(len(file.content) for file in files) > FILE_BYTES:
        raise DiscordError(40005)
    check_types(MESSAGE, body)
    errors = FormErrors()
    flags = int(body.get("flags") or 0)
    if flags & COMPONENTS_V2:
        errors.add(("flags",), "NOT_SIMULATED", "The simulator does not know components of version 2.")
    if len(files) > FILES:
        errors.add(("attachments",), "BASE_TYPE_MAX_LENGTH", f"Must be {FILES} or fewer in length.")
    draft = Draft(
        given=frozenset(body) | (frozenset({"attachments"}) if files else frozenset()),
        content=read_content(errors, body),
        embeds=tuple(read_embeds(errors, body.get("embeds"))),
        components=tuple(read_components(errors, body.get("components"))),
        kept_attachments=kept_ids(body.get("attachments")),
        files=tuple(files),
        nonce=read_nonce(errors, body),
        enforces_nonce=bool(body.get("enforce_nonce")),
        flags=flags & SETTABLE_FLAGS,
        allowed=read_allowed(errors, body.get("allowed_mentions")),
        reference=read_reference(body),
    )
    errors.check()
    return draft
