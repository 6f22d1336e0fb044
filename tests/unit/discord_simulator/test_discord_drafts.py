"""Bodies of messages: Discord's limits, and the tree of errors."""

from typing import Any

import pytest

from discord_simulator.errors import DiscordError
from discord_simulator.messages.drafts import File, read_draft


def faults(body: dict[str, Any]) -> dict[str, str]:
    """Return the codes of a body's errors by their path."""
    with pytest.raises(DiscordError) as raised:
        read_draft(body)
    assert (raised.value.status, raised.value.code) == (400, 50035)

    def flat(tree: dict[str, Any], path: str = "") -> dict[str, str]:
        found = {path: str(tree["_errors"][0]["code"])} if "_errors" in tree else {}
        for key, value in tree.items():
            found |= flat(value, f"{path}.{key}".lstrip(".")) if key != "_errors" else {}
        return found

    return flat(raised.value.body["errors"])


def test_a_text_of_2000_characters_fits() -> None:
    assert read_draft({"content": " " + "x" * 2000 + " "}).content == "x" * 2000
    assert faults({"content": "x" * 2001}) == {"content": "BASE_TYPE_MAX_LENGTH"}
    assert faults({"nonce": "x" * 26}) == {"nonce": "BASE_TYPE_MAX_LENGTH"}


@pytest.mark.parametrize(
    ("embed", "path"),
    [
        ({"title": "x" * 257}, "title"),
        ({"description": "x" * 4097}, "description"),
        ({"footer": {"text": "x" * 2049}}, "footer.text"),
        ({"author": {"name": "x" * 257}}, "author.name"),
        ({"fields": [{"name": "x" * 257, "value": "y"}]}, "fields.0.name"),
        ({"fields": [{"name": "x", "value": "y" * 1025}]}, "fields.0.value"),
        ({"fields": [{"name": "x", "value": "y"}] * 26}, "fields"),
    ],
)
def test_an_embeds_texts_have_limits(embed: dict[str, Any], path: str) -> None:
    assert faults({"embeds": [embed]}) == {f"embeds.0.{path}": "BASE_TYPE_MAX_LENGTH"}


def test_all_embeds_have_6000_characters_together() -> None:
    assert read_draft({"embeds": [{"description": "x" * 3000}] * 2}).embeds
    assert faults({"embeds": [{"description": "x" * 3000}, {"description": "x" * 3001}]}) == {
        "embeds": "MAX_EMBED_SIZE_EXCEEDED"
    }
    assert faults({"embeds": [{"title": "x"}] * 11}) == {"embeds": "BASE_TYPE_MAX_LENGTH"}


def test_an_embed_has_only_valid_addresses_times_and_colours() -> None:
    assert faults({"embeds": [{"url": "javascript:alert(1)"}]}) == {"embeds.0.url": "URL_TYPE_INVALID_SCHEME"}
    assert faults({"embeds": [{"image": {"url": "nowhere"}}]}) == {"embeds.0.image.url": "URL_TYPE_INVALID_URL"}
    assert faults({"embeds": [{"timestamp": "yesterday"}]}) == {"embeds.0.timestamp": "DATE_TIME_TYPE_PARSE"}
    assert faults({"embeds": [{"color": 0x1000000}]}) == {"embeds.0.color": "NUMBER_TYPE_MAX"}
    assert faults({"embeds": [{"fields": [{"name": "x", "value": " "}]}]}) == {
        "embeds.0.fields.0.value": "BASE_TYPE_REQUIRED"
    }
    kept = read_draft({"embeds": [{"title": "x", "image": {"url": "attachment://a.png"}, "color": 0xFFFFFF}]})
    assert kept.embeds[0]["type"] == "rich"


def row(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"components": [{"type": 1, "components": list(parts)}]}


def test_buttons_and_menus_have_limits() -> None:
    button = {"type": 2, "style": 1, "label": "x", "custom_id": "a"}
    assert read_draft(row(button, button | {"custom_id": "b"})).components
    many = [button | {"custom_id": str(number)} for number in range(6)]
    assert faults(row(*many)) == {"components.0.components": "BASE_TYPE_MAX_LENGTH"}
    assert faults(row(button, button)) == {"components": "COMPONENT_CUSTOM_ID_DUPLICATED"}
    assert faults(row(button | {"custom_id": "x" * 101})) == {
        "components.0.components.0.custom_id": "BASE_TYPE_MAX_LENGTH"
    }
    link = {"type": 2, "style": 5, "label": "x", "url": "javascript:alert(1)"}
    assert faults(row(link)) == {"components.0.components.0.url": "URL_TYPE_INVALID_SCHEME"}
    menu = {"type": 3, "custom_id": "m", "options": [{"label": "x", "value": str(n)} for n in range(26)]}
    assert faults(row(menu)) == {"components.0.components.0.options": "BASE_TYPE_MAX_LENGTH"}


def test_kinds_and_ids_of_mentions_exclude_each_other() -> None:
    found = faults({"allowed_mentions": {"parse": ["users"], "users": ["1"]}})
    assert found == {"allowed_mentions": "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"}
    assert faults({"allowed_mentions": {"parse": ["all"]}}) == {"allowed_mentions.parse": "LIST_ITEM_VALUE_CHOICES"}


def test_a_file_has_a_limit() -> None:
    with pytest.raises(DiscordError, match="40005"):
        read_draft({}, [File("a", b"x" * (10 * 1024 * 1024 + 1))])
