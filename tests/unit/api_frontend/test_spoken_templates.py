"""Templates say fixed texts from what was compiled, and all else when a page is made."""

import pytest
from jinja2 import Environment

from api_frontend.reader import LANGUAGES, Reader, reading
from api_frontend.spoken_templates import SpokenTemplates
from api_frontend.translation import translate_in

SOURCE = """{% trans %}Search{% endtrans %} <b>{{ _("Now") }}</b> {{ greet("you") }}
{% if who %}{{ greet(who) }}{% trans who=who %}Streams of {{ who }}{% endtrans %}{% endif %}
{{ ngettext("%(num)s moment", "%(num)s moments", 2) }} {{ {"en": "en_US", "de": "de_DE"}[language()] }}"""


def greet(name: str) -> str:
    """A function that is fixed where its argument is."""
    return f"<{name}>"


def spoken(language: str) -> SpokenTemplates:
    """The templates of a language."""
    return SpokenTemplates(language, {"greet": greet})


@pytest.mark.parametrize("who", ["", "<i>&"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_is_the_same_as_without_compiling_it_in(language: str, who: str) -> None:
    plain = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    translate_in(plain)
    plain.globals["greet"] = greet
    with reading(Reader(language)):
        said = spoken(language).from_string(SOURCE).render(who=who)
        assert said == plain.from_string(SOURCE).render(who=who)
    assert ("Jetzt" in said) == (language == "de")


def test_fixed_texts_and_calls_are_one_piece_of_the_compiled_template() -> None:
    code = spoken("de").compile(SOURCE, raw=True)
    assert "'Suchen <b>Jetzt</b> &lt;you&gt;\\n'" in code
    assert "'you'" not in code
    assert "en_US" not in code


def test_a_template_is_said_to_each_reader_in_turn() -> None:
    both = {language: spoken(language).from_string('{{ _("Now") }}{{ language() }}') for language in LANGUAGES}
    for _ in range(2):
        assert {language: template.render() for language, template in both.items()} == {"en": "Nowen", "de": "Jetztde"}
