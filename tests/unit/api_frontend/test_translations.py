"""Every text of the site is translated, and none escapes translation."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from jinja2 import Environment, nodes

import api_frontend
from api_frontend.reader import DEFAULT, LANGUAGES, Reader, reading
from api_frontend.translation import CATALOGUES, _, catalogue, ngettext, number, translate_in
from contracts.wording import ENGLISH
from translations.extraction import catalogue_file, untranslated, updated

SITE = Path(api_frontend.__file__).parent
TEMPLATES = sorted((SITE / "templates").iterdir())
CODE = sorted(path for path in SITE.rglob("*.py"))
OTHERS = sorted(set(LANGUAGES) - {DEFAULT})
PLACE, TAG = re.compile(r"%\((\w+)\)s|%%"), re.compile(r"<[^>]+>")
NAMES = {"Stream Scout", "UTC", "JSON"}  # the same in every language
SAID_ATTRIBUTES = {"aria-label", "title", "alt", "placeholder", "label"}
WORDS = re.compile(r"[^\W\d_]{2,}")
OF_TEMPLATE = re.compile(r"\{%-?\s*trans\b.*?endtrans\s*-?%\}|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.S)
GERMAN = Reader("de")


def forms(text: object) -> tuple[str, ...]:
    """The forms of a text."""
    return tuple(text) if isinstance(text, (tuple, list)) else (str(text),)


def messages(texts: Catalog) -> list[Message]:
    """A catalogue without its header."""
    return [message for message in texts if message.id]


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated(language: str) -> None:
    """`make texts` brings the catalogue up to date."""
    known = catalogue_file(language).read_bytes()
    assert catalogue_file(language).is_relative_to(CATALOGUES)
    assert updated(language, known) == known, "make texts, and commit the catalogue"
    assert untranslated(known, language) == []
    assert len(messages(catalogue(language))) > 400


def test_a_text_without_translation_or_a_fuzzy_one_is_found() -> None:
    known = b'msgid "a"\nmsgstr ""\n\n#, fuzzy\nmsgid "b"\nmsgstr "B"\n\nmsgid "c"\nmsgid_plural "cs"\nmsgstr[0] "C"\n'
    assert len(untranslated(known, "de")) == 3


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_places_and_the_markup_of_its_text(language: str) -> None:
    for message in messages(catalogue(language)):
        wanted = forms(message.id)[-1]
        for said in forms(message.string):
            assert sorted(PLACE.findall(said)) == sorted(PLACE.findall(wanted)), said
            assert sorted(TAG.findall(said)) == sorted(TAG.findall(wanted)), said


class BareText(HTMLParser):
    """Collects what people read in a template outside of what is translated."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if "lang" in named and tag != "html" and not named.get("hreflang"):
            tag = f"{tag} of its own language"
        self._inside.append(tag)
        if self._says_nothing():
            return
        self.found += [value for name, value in attrs if value and name in SAID_ATTRIBUTES]
        if tag == "meta" and re.search("description|title|alt", named.get("name") or ""):
            self.found.append(named.get("content") or "")

    def handle_endtag(self, tag: str) -> None:
        while self._inside and self._inside.pop().partition(" ")[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._says_nothing():
            self.found.append(data)

    def _says_nothing(self) -> bool:
        """Whether it stands in code, or in a part that says that it has a language of its own."""
        return any(tag in ("script", "style", "code") or "language" in tag for tag in self._inside)


def bare_texts(source: str) -> list[str]:
    """What a template says outside of expressions and translated blocks."""
    parser = BareText()
    parser.feed(OF_TEMPLATE.sub("", source))
    without_names = (re.sub("|".join(NAMES), "", text) for text in parser.found)
    return [text.strip() for text in without_names if WORDS.search(text)]


def shown(node: nodes.Node) -> Iterator[str]:
    """The literal texts that an expression may show."""
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, nodes.CondExpr):
        yield from shown(node.expr1)
        yield from shown(node.expr2) if node.expr2 else ()
    elif isinstance(node, (nodes.Or, nodes.And, nodes.Add)):
        yield from (*shown(node.left), *shown(node.right))
    elif isinstance(node, nodes.Concat):
        for each in node.nodes:
            yield from shown(each)


def shown_literals(source: str) -> list[str]:
    """The words among the literal texts that a template's expressions may show."""
    environment = Environment(autoescape=True)
    translate_in(environment)
    tree = environment.parse(source)
    values = [each for output in tree.find_all(nodes.Output) for each in output.nodes]
    texts = [text for value in values if not isinstance(value, nodes.TemplateData) for text in shown(value)]
    return [text for text in texts if re.match(r"\W*[A-Z][a-z]|.*[a-z] [a-z]", text) and not text.startswith("/")]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_bare_text(path: Path) -> None:
    assert bare_texts(path.read_text()) == []
    assert shown_literals(path.read_text()) == []


def test_bare_text_is_found() -> None:
    assert bare_texts('<p title="A title">Some <b>text</b> {{ _("x") }}{% trans %}y z{% endtrans %}</p>') == [
        "A title",
        "Some",
        "text",
    ]
    assert shown_literals("""{{ "Live now" if a else _("b c") }}{{ a or "Nothing" }}{{ "two words" ~ a }}""") == [
        "Live now",
        "Nothing",
        "two words",
    ]
    assert bare_texts("<title>Stream Scout</title><code>GET /x</code>") == []
    assert bare_texts('<div lang="en"><p>Some</p></div>') == []
    assert bare_texts('<div lang="en"><p>Some</p></div><p>More</p>') == ["More"]


def calls_at_import(source: str) -> list[int]:
    """The lines where a text is said when the module is loaded, in the language of nobody."""
    found = []
    waiting: list[ast.AST] = list(ast.parse(source).body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext"):
            found.append(node.lineno)
        waiting += ast.iter_child_nodes(node)
    return sorted(found)


def test_no_text_is_said_when_a_module_is_loaded() -> None:
    assert calls_at_import('A = _("x")\ndef f():\n    return _("y")\nB = {1: [ngettext("a", "b", 2)]}') == [1, 4]
    found = {str(path.relative_to(SITE)): calls_at_import(path.read_text()) for path in CODE}
    assert len(found) > 80
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_a_text_is_said_in_the_readers_language() -> None:
    assert _("Now") == "Now"
    with reading(GERMAN):
        assert _("Now") == "Jetzt"
        assert _("a text that nobody translated") == "a text that nobody translated"
        assert ngettext("%(num)s moment", "%(num)s moments", 1) == "1 Moment"
        assert ngettext("%(num)s moment", "%(num)s moments", 12_345) == "12.345 Momente"
    assert ngettext("%(num)s moment", "%(num)s moments", 12_345) == "12,345 moments"


def test_numbers_are_written_as_the_language_does() -> None:
    assert number(1234.56, 1) == ENGLISH.number(1234.56, 1) == "1,234.6"
    with reading(GERMAN):
        assert number(1234.56, 1) == "1.234,6"


def test_a_value_in_a_template_is_escaped_and_the_text_is_not() -> None:
    environment = Environment(autoescape=True)
    translate_in(environment)
    template = environment.from_string(
        """{% trans channel=name %}You are signed in as <strong>{{ channel }}</strong>.{% endtrans %}
{{ _("Streams of %(channel)s", channel=name) }}"""
    )
    with reading(GERMAN):
        assert template.render(name="<b>100 %") == (
            "Du bist angemeldet als <strong>&lt;b&gt;100 %</strong>.\nStreams von &lt;b&gt;100 %"
        )
