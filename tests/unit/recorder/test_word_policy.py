"""Which words may enter Postgres."""

from typing import get_type_hints

import pytest
from integration.support.recorder_writer import example
from msgspec.structs import replace

from contracts.codec import ContractError
from contracts.moments import Evidence, WordCount
from recorder.rows.moments import moment_rows
from recorder.rows.word_policy import is_code, may_be_kept


@pytest.mark.parametrize(
    ("word", "chatters", "kept"),
    [
        ("gg", 5, True),
        ("gg", 4, False),
        ("x" * 25, 5, True),
        ("x" * 26, 5, False),
        ("@someone", 500, False),
        ("http://a", 500, False),
        ("WWW.a.b", 500, False),
    ],
)
def test_common_short_words_that_name_nobody(word, chatters, kept):
    assert may_be_kept(WordCount(word, 10, chatters)) is kept


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("laughter", True),
        ("bot_flood", True),
        ("", True),
        ("what somebody wrote", False),
        ("@someone", False),
        ("a/b", False),
        ("x" * 41, False),
        ("a\0b", False),
    ],
)
def test_a_code_is_short_and_no_sentence(text: str, is_one: bool) -> None:
    assert is_code(text) is is_one


def test_evidence_has_texts_in_emotes_and_words_alone() -> None:
    """A field of another kind would pass by the policy: extend the policy first."""
    others = {name: kind for name, kind in get_type_hints(Evidence).items() if name not in ("emotes", "words")}
    assert set(others.values()) <= {int, float, list[int]}


@pytest.mark.parametrize(("field", "value"), [("mood", "what somebody wrote"), ("causes", ["raid", "look at this"])])
def test_a_sentence_in_a_document_is_refused(field: str, value: object) -> None:
    moment = replace(example("moments", "closed"), **{field: value})
    with pytest.raises(ContractError, match=f"moments: {field} is not a code"):
        moment_rows(moment)
