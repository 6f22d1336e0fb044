"""How the API's page names types."""

from typing import Any

import pytest

from api_frontend.views.api_docs import type_words
from api_frontend.views.description import EMPTY, NULL, with_empty


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        (with_empty({"anyOf": [{"type": "string", "maxLength": 100}, NULL]}), "string"),
        (with_empty({"anyOf": [{"enum": ["en", "de"]}, EMPTY, NULL]}), "en | de"),
        ({"anyOf": [{"type": "string", "format": "date-time"}, NULL]}, "date-time or null"),
        ({"anyOf": [{"type": "string"}, {"type": "string", "pattern": "x"}, {"type": "integer"}]}, "string or integer"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/MomentModel"}}, "list of MomentModel"),
        ({}, "any"),
    ],
)
def test_a_type_is_named_once_and_empty_goes_without_saying(schema: dict[str, Any], words: str) -> None:
    assert type_words(schema) == words
