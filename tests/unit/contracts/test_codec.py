"""Decoding: unknown fields pass, missing ones, unknown kinds and versions are named."""

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import codec
from contracts.chat_messages import Message

EXAMPLES = Path(codec.__file__).parent / "examples"


def example(topic: str, name: str) -> dict[str, object]:
    return json.loads((EXAMPLES / topic / f"{name}.json").read_text())


def test_an_unknown_field_is_accepted() -> None:
    record = example("chat-messages", "message") | {"from_the_future": [1, 2]}
    assert isinstance(codec.decode("chat-messages", json.dumps(record)), Message)


@pytest.mark.parametrize("field", ["channel_id", "sent_at", "message_id", "chatter", "text", "emotes", "instance"])
def test_a_missing_field_is_named(field: str) -> None:
    record = example("chat-messages", "message")
    del record[field]
    with pytest.raises(codec.ContractError, match=f"not a chat-messages record: .*{field}"):
        codec.decode("chat-messages", json.dumps(record))


def test_an_unknown_kind_is_named() -> None:
    record = example("chat-messages", "message") | {"kind": "whisper"}
    with pytest.raises(codec.ContractError, match="whisper"):
        codec.decode("chat-messages", json.dumps(record))


def test_an_unknown_version_is_named() -> None:
    record = example("moments", "closed") | {"schema_version": 9}
    with pytest.raises(codec.ContractError, match="schema_version 9 is not 1"):
        codec.decode("moments", json.dumps(record))


@given(st.binary())
def test_arbitrary_bytes_are_refused_and_never_crash(payload: bytes) -> None:
    with pytest.raises(codec.ContractError):
        codec.decode("chat-messages", payload)


@given(st.text(), st.integers(0, 2**53))
def test_what_is_encoded_decodes_to_the_same(text: str, sent_at: int) -> None:
    record = codec.decode("chat-messages", json.dumps(example("chat-messages", "message")))
    changed = msgspec.structs.replace(record, text=text.encode("utf-8", "replace").decode(), sent_at=sent_at)
    assert codec.decode("chat-messages", codec.encode(changed)) == changed
