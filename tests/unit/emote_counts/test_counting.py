"""What counts as a use, and records of a partition into minutes."""

from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from contracts import chat_messages, codec
from contracts.chat_messages import Emote, Message
from emote_counts.counting import PartitionCounter
from emote_counts.packing import unpack_seconds
from emote_counts.position import beginning
from emote_counts.tally import Tally
from emote_counts.uses import uses_in

EXAMPLES = Path(codec.__file__).parent / "examples" / "chat-messages"
NAMES = {
    "KEKW": ("7tv", "01A"),
    "cat": ("bttv", "5e"),
    "Kappa": ("ffz", "9"),
    "<b>": ("7tv", "01B"),
    "😹": ("7tv", "c"),
}
KAPPA = ("twitch", "25", "Kappa")


def kappa_at(start: int) -> Emote:
    return Emote("twitch", "25", start, start + 4)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("KEKW", ["KEKW"]),
        ("KEKW KEKW  x KEKW", ["KEKW"] * 3),
        ("KEKW, kekw (KEKW) KEKWKEKW", []),
        ("a <b> 😹 cat's cat", ["<b>", "😹", "cat"]),
        ("", []),
    ],
)
def test_a_use_is_a_whole_token_in_its_own_case(text: str, names: list[str]) -> None:
    assert [name for _, _, name in uses_in(text, (), NAMES)] == names


def test_twitchs_span_comes_first_and_may_touch_punctuation() -> None:
    assert uses_in("Kappa Kappa", [kappa_at(0)], NAMES) == [KAPPA, ("ffz", "9", "Kappa")]
    assert uses_in("(Kappa), KEKW", [kappa_at(1)], NAMES) == [KAPPA, ("7tv", "01A", "KEKW")]
    assert uses_in("😹 Kappa", [kappa_at(2)], NAMES) == [KAPPA, ("7tv", "c", "😹")]


@pytest.mark.parametrize("start", [1, 3, 9, -1, 60])
def test_a_shifted_span_counts_nothing(start: int) -> None:
    assert uses_in("xKappa yes Kappas", [kappa_at(start)], {}) == []


def test_a_span_that_comes_twice_counts_once() -> None:
    assert uses_in("Kappa", [kappa_at(0), kappa_at(0)], {}) == [KAPPA]


class Changing:
    """A catalogue in which KEKW changes hands at 90 s."""

    def lookup_at(self, channel_id: str, at_ms: int) -> SimpleNamespace:
        names = {} if channel_id == "2" else {"KEKW": ("7tv", "old" if at_ms < 90_000 else "new")}
        return SimpleNamespace(emotes=names)


def message(channel_id: str, sent_at: int, text: str, emotes: list[Emote] | None = None) -> bytes:
    return codec.encode(
        Message(
            schema_version=1,
            channel_id=channel_id,
            sent_at=sent_at,
            received_at=0,
            instance="a",
            message_id=f"{channel_id}-{sent_at}",
            chatter="anna",
            text=text,
            emotes=emotes or [],
        )
    )


def tick(sent_at: int) -> bytes:
    known = codec.decode("chat-messages", (EXAMPLES / "tick.json").read_bytes())
    return codec.encode(msgspec.structs.replace(known, sent_at=sent_at))


def test_records_become_minutes_by_the_catalogue_of_their_time() -> None:
    counter = PartitionCounter(Tally(beginning()), Changing())
    for offset, record in enumerate(
        [
            message("1", 61_000, "KEKW hi"),
            message("2", 61_000, "KEKW"),
            message("1", 89_999, "KEKW"),
            message("1", 90_000, "KEKW KEKW"),
            message("2", 90_000, "Kappa", [kappa_at(0)]),
        ]
    ):
        assert counter.count(record, offset) == []
    first, second = counter.count(tick(120_000), 5)
    assert [(e.id, unpack_seconds(e.seconds)) for e in first.emotes] == [("new", [(30, 2)]), ("old", [(1, 1), (29, 1)])]
    assert [(e.provider, e.name) for e in second.emotes] == [("twitch", "Kappa")]
    assert counter.read == 5


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.json")), ids=lambda file: file.stem)
def test_every_kind_of_record_is_read(file: Path) -> None:
    counter = PartitionCounter(Tally(beginning()), Changing())
    assert counter.count(file.read_bytes(), 0) == []
    known = codec.decode("chat-messages", file.read_bytes())
    assert counter.read == isinstance(known, chat_messages.Message)


def test_an_opt_out_is_heard() -> None:
    counter = PartitionCounter(Tally(beginning()), Changing())
    counter.count(message("12826", 61_000, "KEKW"), 0)
    out = codec.decode("chat-messages", (EXAMPLES / "opt_out.json").read_bytes())
    counter.count(codec.encode(msgspec.structs.replace(out, channel_id="12826", event="out")), 1)
    assert counter.count(tick(120_000), 2) == []


def test_the_channels_that_records_name_are_noted() -> None:
    heard: list[tuple[str, bool]] = []
    counter = PartitionCounter(Tally(beginning()), Changing(), lambda *told: heard.append(told))
    joined = codec.decode("chat-messages", (EXAMPLES / "coverage_joined.json").read_bytes())
    for channel_id in ("1", "2"):
        counter.count(codec.encode(msgspec.structs.replace(joined, channel_id=channel_id, sent_at=7)), 0)
    counter.count(message("1", 61_000, "hi"), 1)
    assert counter.named == {"1": 61_000, "2": 7}
    out = codec.decode("chat-messages", (EXAMPLES / "opt_out.json").read_bytes())
    for event in ("out", "in"):
        counter.count(codec.encode(msgspec.structs.replace(out, channel_id="1", event=event)), 2)
    assert counter.named == {"2": 7}
    assert heard == [("1", True), ("1", False)]


@pytest.mark.parametrize("payload", [b"", b"{}", b"no json", b'{"kind":"whisper"}', b'{"kind":"message"}', b"\xff"])
def test_what_is_no_record_is_refused(payload: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        PartitionCounter(Tally(beginning()), Changing()).count(payload, 0)
