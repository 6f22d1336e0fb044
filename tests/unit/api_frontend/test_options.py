"""What the fields of the list's form offer."""

import re

import pytest

from api_frontend.reader import Reader, reading
from api_frontend.rendering import Renderer
from api_frontend.settings import ApiSettings
from api_frontend.text.options import options_of
from contracts.moment_words import MOODS

renderer = Renderer(ApiSettings())
FORM = renderer._templates["en"].from_string("{{ options(field, chosen, known) }}")


def html(field: str, chosen: str | None, known: tuple[str, ...] = ()) -> str:
    """The options as the form has them."""
    return FORM.render(field=field, chosen=chosen, known=known)


def test_a_field_offers_any_and_what_there_is() -> None:
    assert options_of("mood", None, ())[:2] == [("", "any"), ("laughter", "laughter")]
    assert len(options_of("mood", None, ())) == 1 + len(MOODS)
    assert options_of("language", None, ("de", "xx")) == [("", "any"), ("de", "German"), ("xx", "xx")]
    assert options_of("game", None, ("Elden Ring",)) == [("Elden Ring", "")]


@pytest.mark.parametrize(
    ("field", "chosen"),
    [("mood", "joy"), ("cause", "storm"), ("language", "fi"), ("rarity", "week"), ("order", "best")],
)
def test_what_is_chosen_is_there_and_alone_selected(field: str, chosen: str) -> None:
    assert re.findall(r'<option value="([^"]*)" selected>', html(field, chosen)) == [chosen]


def test_a_period_cannot_be_taken_back_to_none() -> None:
    assert options_of("period", None, ())[0] == ("", "any")
    assert ("", "any") not in options_of("period", "week", ())


def test_options_are_kept_by_language_and_by_what_is_chosen() -> None:
    first = html("mood", None)
    with reading(Reader("de")):
        assert "Lachen" in html("mood", None)
    assert html("mood", None) == first
    assert html("mood", "awe") != first


def test_what_is_stored_stays_text() -> None:
    assert '<option value="&lt;b&gt;&#34;"></option>' in html("game", None, ('<b>"',))
