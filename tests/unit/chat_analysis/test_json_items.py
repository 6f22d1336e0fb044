"""JSON is read alike wherever the file's blocks end, and what is stepped over is not kept."""

import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat_analysis.forms.errors import RecordingError
from chat_analysis.forms.json_items import CutError, JsonText

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.text(), VALUES, max_size=4)
PATH = Path("chat.json")


def in_pieces(text: str, sizes: list[int]) -> Iterator[str]:
    at = 0
    for size in sizes:
        yield text[at : at + size]
        at += size
    yield text[at:]


SIZES = st.lists(st.integers(1, 30), max_size=30)
INDENTS = st.sampled_from([None, 1, 4, "\t"])


@settings(max_examples=50, deadline=None)
@given(st.lists(OBJECTS, max_size=5), SIZES, INDENTS, st.booleans())
def test_items_do_not_depend_on_where_blocks_end(items, sizes, indent, ascii_only) -> None:
    text = json.dumps(items, indent=indent, ensure_ascii=ascii_only)
    assert list(JsonText(PATH, in_pieces(text, sizes)).items()) == items
    lines = "\n".join(json.dumps(item, indent=indent) for item in items)
    assert list(JsonText(PATH, in_pieces(lines, sizes)).lines()) == items


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text(), VALUES, max_size=6), st.lists(OBJECTS, min_size=1, max_size=3), SIZES, INDENTS)
def test_every_value_can_be_stepped_over(rest, comments, sizes, indent) -> None:
    document = {**rest, "comments": comments, "z": rest}
    text = JsonText(PATH, in_pieces(json.dumps(document, indent=indent), sizes))
    read = list[object]()
    for name in text.members():
        if name == "comments":
            read = list(text.items())
        else:
            text.leave()
    assert read == comments


@settings(max_examples=40, deadline=None)
@given(st.lists(OBJECTS.filter(bool), min_size=1, max_size=4), st.data(), SIZES)
def test_a_cut_is_a_cut_and_the_items_before_it_are_read(items, data, sizes) -> None:
    text = json.dumps(items)
    cut_at = data.draw(st.integers(1, len(text) - 1))
    reader, read = JsonText(PATH, in_pieces(text[:cut_at], sizes)), list[object]()

    def read_all() -> None:
        for item in reader.items():
            read.append(item)

    with pytest.raises(CutError):
        read_all()
    assert read == items[: len(read)]


def test_a_value_larger_than_memory_is_stepped_over() -> None:
    def pieces() -> Iterator[str]:
        yield '{"embeddedData": {"thirdParty": [{"data": "'
        for _ in range(60):
            yield "R0lGODlh" * (1 << 17)
        yield '"}]}, "comments": [{"a": 1}]}'

    tracemalloc.start()
    text, read = JsonText(PATH, pieces()), list[object]()
    for name in text.members():
        if name == "comments":
            read = list(text.items())
        else:
            text.leave()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert read == [{"a": 1}]
    assert peak < 8 << 20, "60 MB passed"


def test_a_message_without_end_is_an_error_and_no_endless_search() -> None:
    pieces = iter(['[{"message": "', *["x" * (1 << 20)] * 40])
    with pytest.raises(RecordingError, match="line 1: is damaged JSON"):
        list(JsonText(PATH, pieces).items())
    with pytest.raises(RecordingError, match="nested too deeply"):
        list(JsonText(PATH, iter(["[" * 200_000])).items())
