"""The counter's loop: reads chat, sends closed minutes, revisions of open ones, and keeps its position."""

import threading
import time
from collections.abc import Callable, Collection

import msgspec
import structlog
from confluent_kafka import KafkaException, Message

from contracts import metrics
from contracts.topics import CHAT_MESSAGES
from emote_counter.channels import WantedChannels
from emote_counter.chat_reader import ChatReader
from emote_counter.figures import Figures
from emote_counter.keeper import PositionKeeper
from emote_counter.minute_sender import MinuteSender
from emote_counter.start import ChatLog
from emote_counts.counting import Catalogue, PartitionCounter
from emote_counts.position import Position
from emote_counts.tally import Tally
from service_runtime.backoff import Backoff
from service_runtime.measures import measure

log = structlog.get_logger()
POLL_SECONDS = 0.2
BEAT_SECONDS = 2.0  # between two revisions of an open minute
AGAIN = Backoff(first_seconds=0.5, longest_seconds=5.0)  # while Kafka does not answer at the start


class ChatLostError(RuntimeError):
    """Kafka lost chat that was counted. The process ends, and its next start finds a position that holds."""


class CountingLoop:
    """The worker. `start()`: where to begin in each partition; `wanted()`: channels that somebody looks at."""

    def __init__(
        self,
        *,
        chat: ChatLog,
        reader: ChatReader,
        sender: MinuteSender,
        keeper: PositionKeeper,
        catalogue: Catalogue,
        channels: WantedChannels,
        start: Callable[[], dict[int, Position]],
        wanted: Callable[[], Collection[str]],
    ) -> None:
        self._chat, self._reader, self._sender, self._keeper = chat, reader, sender, keeper
        self._catalogue, self._channels, self._start, self._wanted = catalogue, channels, start, wanted
        self._counters: dict[int, PartitionCounter] = {}
        self._figures = Figures()
        self._beat_at = 0.0
        self._is_in_doubt = False  # whether Kafka, which was away, still has what was counted

    def problems(self) -> dict[str, str]:
        """Return for /ready what keeps it from counting."""
        if not self._counters or self._reader.is_away:
            return {"kafka": "does not answer; chat waits there, and nothing is lost below 48 h"}
        return {}

    def run(self, stop: threading.Event) -> None:
        """Count until `stop`. Raises KafkaException and ChatLostError for what only another start can mend."""
        try:
            positions = self._begin(stop)
            self._figures.expose()
            self._reader.begin({number: each.offset for number, each in positions.items()})
            while not stop.is_set():
                for message in self._reader.read(POLL_SECONDS):
                    self._count(message)
                self._sender.serve()
                self._look_again()
                if time.monotonic() >= self._beat_at and not stop.is_set():
                    self._beat()
        finally:
            self._sender.close()
            self._reader.close()

    def _begin(self, stop: threading.Event) -> dict[int, Position]:
        """Return where to begin, once Kafka answers."""
        attempt = 0
        while not stop.is_set():
            try:
                positions = self._start()
            except KafkaException as error:
                attempt += 1
                if attempt == 1:
                    log.warning("waiting for Kafka", reason=str(error))
                stop.wait(AGAIN.wait_seconds(attempt))
                continue
            for position in positions.values():
                for channel_id in position.opted_out:
                    self._channels.set_opted_out(channel_id, True)
            self._counters = {number: self._counter(each) for number, each in sorted(positions.items())}
            log.info("counting", offsets={number: each.offset for number, each in positions.items()})
            return positions
        return {}

    def _counter(self, position: Position) -> PartitionCounter:
        return PartitionCounter(Tally(position), self._catalogue, self._channels.set_opted_out)

    def _count(self, message: Message) -> None:
        try:
            closed = self._counters[message.partition()].count(message.value() or b"", message.offset())
        except msgspec.DecodeError as error:  # the recorder keeps the record as a dead letter
            measure(metrics.DEAD_LETTERS).labels(place=CHAT_MESSAGES.name).inc()
            log.warning("not counted", partition=message.partition(), offset=message.offset(), reason=str(error))
            return
        if closed:
            self._sender.send(closed)

    def _look_again(self) -> None:
        """After Kafka was away, look whether it still has what was counted. Raises ChatLostError."""
        self._is_in_doubt |= self._reader.take_return()
        if not self._is_in_doubt:
            return
        positions = {number: each.tally.position() for number, each in self._counters.items()}
        offsets = {number: each.tick_offset for number, each in positions.items() if each.tick_offset is not None}
        try:
            ticks = self._chat.ticks_at(offsets) if offsets else {}
        except KafkaException as error:
            log.warning("Kafka cannot be compared with what was counted; trying again", reason=str(error))
            return
        self._is_in_doubt = False
        lost = [number for number, each in positions.items() if not each.holds(ticks.get(number))]
        if lost:
            raise ChatLostError(f"Kafka lost chat that was counted, in partitions {lost}")

    def _beat(self) -> None:
        """Every two seconds: send revisions, show figures, name channels, keep the position."""
        self._beat_at = time.monotonic() + BEAT_SECONDS
        counters = self._counters.values()
        if self._sender.has_room and (wanted := self._wanted()):
            for counter in counters:
                self._sender.send(counter.tally.revisions(wanted))
        self._figures.show(counters)
        for counter in counters:
            self._channels.name(counter.named)
            counter.named.clear()
        self._keeper.settle(self._channels.named())
        if self._keeper.is_free:
            self._keeper.take(
                {number: each.tally.position() for number, each in self._counters.items()}, self._sender.last
            )
