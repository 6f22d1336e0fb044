"""Languages have names; a code that nobody knows is left out."""

import pytest

from api_frontend.data.languages import language_name


@pytest.mark.parametrize(("code", "name"), [("de", "German"), ("zh-hk", "Chinese (Hong Kong)"), ("xx", "xx")])
def test_names(code: str, name: str) -> None:
    assert language_name(code) == name
