"""Every text of the bot is translated into every language, and none is broken."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message

import discord_bot
import discord_notices
from discord_notices.messages.template import FIELD, FIELDS
from discord_notices.wording import CATALOGUES, DEFAULT, LANGUAGES, _, language_of, ngettext, speaking
from service_runtime.catalogues import catalogue_in
from translations.extraction import BOT, catalogue_file, found_texts, untranslated, updated

OTHERS = sorted(set(LANGUAGES) - {DEFAULT})
CODE = sorted(path for part in (discord_bot, discord_notices) for path in Path(part.__file__).parent.rglob("*.py"))
PLACE = re.compile(r"%\((\w+)\)s|%%")
NOT_SAID = re.compile(r"\*\*|`|/[a-z]+|@everyone|\n|⚠")  # markup, and what people type: the same in every language


def forms(text: object) -> tuple[str, ...]:
    """The forms of a text."""
    return tuple(text) if isinstance(text, tuple | list) else (str(text),)


def messages(language: str) -> list[Message]:
    """A catalogue without its header."""
    return [message for message in catalogue_in(CATALOGUES, language) if message.id]


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated(language: str) -> None:
    """`make texts` brings the catalogues up to date."""
    known = catalogue_file(language, BOT).read_bytes()
    assert updated(language, known, BOT) == known, "make texts, and commit the catalogue"
    assert untranslated(known, language) == []
    assert len(messages(language)) > 150
    assert BOT.languages == tuple(code for code in LANGUAGES if code != DEFAULT)


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_places_fields_and_markup_of_its_text(language: str) -> None:
    for message in messages(language):
        wanted = forms(message.id)[-1]
        for said in forms(message.string):
            assert sorted(PLACE.findall(said)) == sorted(PLACE.findall(wanted)), said
            assert sorted(FIELD.findall(said)) == sorted(FIELD.findall(wanted)), said
            assert sorted(NOT_SAID.findall(said)) == sorted(NOT_SAID.findall(wanted)), said
            said % dict.fromkeys(PLACE.findall(said), "x")  # raises where a percent sign stands alone


def test_texts_are_found_with_their_fields() -> None:
    found = {str(message.id) for message in found_texts(BOT)}
    assert "{name} is live: {title}\n{url}" in found
    assert set(FIELDS.values()) <= found
    assert "Chat burst out laughing" in found


def test_a_servers_choice_counts_more_than_discords_locale() -> None:
    assert language_of("de", "es-ES") == "de"
    assert language_of("", "es-419") == "es"
    assert language_of("", "en-US") == language_of("", "pt-BR") == language_of("xx", "") == "en"


def test_a_text_is_said_in_the_language_of_now() -> None:
    assert _("Recording") == "Recording"
    with speaking("de"):
        assert _("Recording") == "Aufzeichnung"
        assert ngettext("%(num)s moment", "%(num)s moments", 12_345) == "12.345 Momente"
        with speaking("es"):
            assert _("Recording") == "Grabación"
    assert _("Recording") == "Recording"


def said_at_import(source: str) -> list[int]:
    """The lines where a text is said when the module is loaded, in the language of nobody."""
    found = []
    waiting: list[ast.AST] = list(ast.parse(source).body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext"):
            found.append(node.lineno)
        waiting += ast.iter_child_nodes(node)
    return sorted(found)


def test_no_text_is_said_when_a_module_is_loaded() -> None:
    assert said_at_import('A = _("x")\ndef f():\n    return _("y")') == [1]
    assert len(CODE) > 60
    assert {path.name: lines for path in CODE if (lines := said_at_import(path.read_text()))} == {}
