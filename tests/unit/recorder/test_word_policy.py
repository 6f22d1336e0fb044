"""Which words may enter Postgres."""

import pytest

from contracts.moments import WordCount
from recorder.rows.word_policy import may_be_kept


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
