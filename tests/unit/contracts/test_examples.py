"""The contract's examples decode, cover every kind, and agree with the committed schemas."""

import json
from pathlib import Path
from typing import get_args

import jsonschema
import pytest

from contracts import codec, schemas, topics

EXAMPLES = Path(codec.__file__).parent / "examples"
FILES = sorted(EXAMPLES.rglob("*.json"))


def kinds(topic: str) -> set[type]:
    message = codec.MESSAGE_TYPES[topic]
    return set(get_args(message)) or {message}


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_an_example_decodes_and_fits_its_schema(file: Path) -> None:
    assert file.parent.name in codec.MESSAGE_TYPES, f"{file} is referenced by no topic"
    payload = file.read_bytes()
    codec.decode(file.parent.name, payload)
    jsonschema.validate(json.loads(payload), codec.schema(file.parent.name))


@pytest.mark.parametrize("topic", topics.ALL, ids=lambda topic: topic.name)
def test_every_kind_of_a_topic_has_an_example(topic: topics.Topic) -> None:
    seen = {type(codec.decode(topic.name, file.read_bytes())) for file in (EXAMPLES / topic.name).glob("*.json")}
    assert seen == kinds(topic.name)


@pytest.mark.parametrize("topic", topics.ALL, ids=lambda topic: topic.name)
def test_the_committed_schema_is_current(topic: topics.Topic) -> None:
    assert schemas.path(topic.name).read_text() == schemas.text(topic.name), "run python -m contracts.schemas"


def test_no_schema_is_left_over() -> None:
    assert {file.name for file in schemas.FOLDER.iterdir()} == {schemas.path(topic.name).name for topic in topics.ALL}
