"""Bodies of any shape are refused with Discord's codes: nothing of them raises something else."""

import contextlib
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from discord_simulator.commands.definitions import read_commands
from discord_simulator.errors import DiscordError
from discord_simulator.interactions.desk import read_choices, read_modal
from discord_simulator.messages.drafts import read_draft

plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
odd = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner), max_leaves=5
)
EMBED = ("title", "description", "url", "timestamp", "color", "footer", "image", "thumbnail", "author", "fields")
BODY = ("content", "nonce", "enforce_nonce", "flags", "embeds", "components", "attachments", "allowed_mentions",
        "message_reference", "tts")  # fmt: skip
COMMAND = ("name", "description", "type", "options", "name_localizations", "description_localizations",
           "default_member_permissions", "contexts")  # fmt: skip
OPTION = ("type", "name", "description", "required", "choices", "options", "autocomplete")
PART = ("type", "style", "label", "custom_id", "url", "options", "components", "placeholder", "emoji")


FEW = settings(max_examples=25)


def rows(keys: tuple[str, ...], values: Any = odd) -> Any:
    return st.dictionaries(st.sampled_from(keys), values, max_size=len(keys))


def check(read: Any, *given_values: Any) -> None:
    with contextlib.suppress(DiscordError):
        read(*given_values)


@FEW
@given(rows(BODY))
def test_messages(body: dict[str, Any]) -> None:
    check(read_draft, body)


@FEW
@given(st.lists(rows(EMBED, odd | st.lists(rows(("name", "value"))) | rows(("text", "name", "url"))), max_size=2))
def test_embeds(embeds: list[Any]) -> None:
    check(read_draft, {"embeds": embeds})


@FEW
@given(st.lists(rows(PART, odd | st.lists(rows(PART), max_size=2)) | odd, max_size=2))
def test_components(components: list[Any]) -> None:
    check(read_draft, {"components": components})


@FEW
@given(rows(("parse", "users", "roles", "replied_user")))
def test_allowed_mentions(allowed: dict[str, Any]) -> None:
    check(read_draft, {"allowed_mentions": allowed})


@FEW
@given(
    st.lists(
        rows(COMMAND, odd | st.lists(rows(OPTION, odd | st.lists(rows(OPTION), max_size=2)), max_size=2)), max_size=2
    )
    | odd
)
def test_commands(commands: Any) -> None:
    check(read_commands, commands)


@FEW
@given(odd | st.lists(rows(("name", "value")), max_size=3))
def test_suggestions(choices: Any) -> None:
    check(read_choices, choices)


@FEW
@given(rows(("title", "custom_id", "components"), odd | st.lists(rows(PART, odd | rows(PART)), max_size=2)))
def test_forms(modal: dict[str, Any]) -> None:
    check(read_modal, modal)
