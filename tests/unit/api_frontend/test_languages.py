"""Languages have names; a code that nobody knows is left out."""

import pytest

from api_frontend.data.languages import LANGUAGES, language_name
from api_frontend.reader import LANGUAGES as LANGUAGES_OF_THE_SITE
from api_frontend.reader import Reader, reading


@pytest.mark.parametrize(("code", "name"), [("de", "German"), ("zh-hk", "Chinese (Hong Kong)"), ("xx", "xx")])
def test_names(code: str, name: str) -> None:
    assert language_name(code) == name


def test_every_language_has_its_name_in_every_language_of_the_site() -> None:
    for spoken in LANGUAGES_OF_THE_SITE:
        with reading(Reader(spoken)):
            names = {code: language_name(code) for code in LANGUAGES}
        assert len(set(names.values())) == len(LANGUAGES)
        assert all(name != code for code, name in names.items())
    with reading(Reader("de")):
        assert language_name("en") == "Englisch"
        assert language_name("xx") == "xx"
