"""The loop with Kafka's two sides played: revisions, what is unreadable, and chat that is gone after Kafka was away."""

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException

from contracts import codec
from contracts.chat_messages import Emote, Message, Tick
from contracts.emote_counts import EmoteCounts
from emote_counter.counting_loop import ChatLostError, CountingLoop
from emote_counter.keeper import PositionKeeper
from emote_counter.state_file import KeptState, StateFile
from emote_counts.position import Position, beginning

BEGAN = 1_763_830_800_000
UNKNOWN_NAMES = SimpleNamespace(lookup_at=lambda _channel, _at: SimpleNamespace(emotes={}))


class Played:
    """Records as Kafka's reader gives them, one batch a read; what was sent; and who is looked at."""

    def __init__(self, folder: Path, *batches: list[bytes], wanted: tuple[str, ...] = ()) -> None:
        self.stop = threading.Event()
        self.batches, self.offset, self.sent, self.starts = list(batches), 0, [], 0
        self.sender = SimpleNamespace(
            send=self.sent.extend, serve=lambda: None, close=lambda: None, has_room=True, last=0
        )
        self.returns = False
        self.ticks: dict[int, Tick] = {}
        self.channels: Any = SimpleNamespace(
            set_opted_out=lambda *_: None, name=lambda _: None, named=dict, opted_out=set
        )
        self.loop = CountingLoop(
            chat=SimpleNamespace(ticks_at=lambda _: self.ticks),  # type: ignore[arg-type]
            reader=self,  # type: ignore[arg-type]
            sender=self.sender,  # type: ignore[arg-type]
            keeper=PositionKeeper(StateFile(folder / "p"), KeptState(began_at=0), lambda: 0),
            catalogue=UNKNOWN_NAMES,
            channels=self.channels,
            start=self.start,
            wanted=lambda: wanted,
        )
        self.is_away = False

    def start(self) -> dict[int, Position]:
        self.starts += 1
        if self.starts == 1:
            raise KafkaException(KafkaError(KafkaError._TRANSPORT))
        return {0: beginning()}

    def begin(self, offsets: dict[int, int]) -> None:
        assert offsets == {0: 0}
        assert self.loop.problems() == {}

    def read(self, _seconds: float) -> list[Any]:
        if not self.batches:
            self.stop.set()
            return []
        self.offset += len(batch := self.batches.pop(0))
        first = self.offset - len(batch)
        return [
            SimpleNamespace(partition=lambda: 0, offset=lambda at=at: at, value=lambda value=value: value)
            for at, value in enumerate(batch, first)
        ]

    def take_return(self) -> bool:
        return self.returns and not self.batches

    def close(self) -> None:
        """Nothing to close."""


def message(channel_id: str, sent_at: int) -> bytes:
    fields = {"schema_version": 1, "received_at": 0, "instance": "a", "chatter": "ann", "text": "Kappa"}
    emotes = [Emote("twitch", "25", 0, 4)]
    return codec.encode(
        Message(channel_id=channel_id, sent_at=sent_at, message_id=f"{channel_id}{sent_at}", emotes=emotes, **fields)  # type: ignore[arg-type]
    )


def tick(sent_at: int) -> Tick:
    return Tick(schema_version=1, sent_at=sent_at, received_at=0, instance="", spool_id="", spool_position=0)


def sent(played: Played) -> list[tuple[str, int, bool]]:
    found: list[EmoteCounts] = played.sent
    return [(each.channel_id, each.minute_at - BEGAN, each.is_closed) for each in found]


def test_closed_minutes_of_all_and_open_ones_of_those_wanted_are_sent(tmp_path: Path) -> None:
    chat = [message("1", BEGAN + 1), message("2", BEGAN + 2)]
    played = Played(tmp_path, [*chat, b"no record"], [codec.encode(tick(BEGAN + 60_000))], wanted=("1",))
    assert "kafka" in played.loop.problems()
    played.loop.run(played.stop)
    assert sent(played) == [("1", 0, False), ("1", 0, True), ("2", 0, True)]


@pytest.mark.parametrize("shift", [0, 1])
def test_after_kafka_was_away_what_was_counted_must_still_be_there(tmp_path: Path, shift: int) -> None:
    played = Played(tmp_path, [codec.encode(tick(BEGAN))], [message("1", BEGAN + 1)])
    played.returns, played.ticks = True, {0: tick(BEGAN + shift)}
    if shift:
        with pytest.raises(ChatLostError, match=r"\[0\]"):
            played.loop.run(played.stop)
    else:
        played.loop.run(played.stop)
