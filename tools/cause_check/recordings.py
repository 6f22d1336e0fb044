"""Recorded chat as the rows that the detector takes in."""

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from clip_detector.channel import Channel, DictSlots, SecondRow
from clip_detector.controls import FIELD, PIECE
from clip_detector.detector import Detector, Rules
from clip_detector.evidence import Said
from clip_detector.notices import Happening
from contracts import topics
from contracts.codec import decode
from contracts.moments import Moment

START = 1_500_000_000  # any second: the recordings begin at 0
TAIL_SECONDS = 600  # after the last message; closes what is open
TEXT_LIMIT = 200  # characters that the job keeps of a message
SEPARATORS = str.maketrans({PIECE: " ", FIELD: " "})


def read_said(path: Path) -> Iterator[Said]:
    """A recording's messages; `second` counts from its start."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            row = json.loads(line)
            text = row["text"][:TEXT_LIMIT].translate(SEPARATORS)
            yield Said(int(row["t"]), str(row["user"]), f"{number:08x}", "[]", text)


def rows(said: Iterator[Said]) -> Iterator[SecondRow]:
    """One row a second with messages, as the SQL window gives it."""
    for second, group in groupby(said, key=lambda message: message.second):
        messages = list(group)
        pieces = PIECE.join(FIELD.join(message[1:]) for message in messages)
        people = len({message.chatter for message in messages})
        yield SecondRow(START + second, len(messages), people, pieces, None)


def moments(path: Path, rules: Rules) -> Iterator[Moment]:
    """What the detector says of a recording, revision by revision."""
    channel, last = Channel(path.name, Detector(rules), DictSlots()), START
    told = []
    for row in rows(read_said(path)):
        told += channel.row(row)
        last = row.second
    told += channel.advance(last + TAIL_SECONDS)
    for _, record in told:
        if record.topic == topics.MOMENTS.name:
            message = decode(record.topic, record.value)
            assert isinstance(message, Moment)
            yield message


RAIDED = re.compile(r"(\d+) raiders from \S+ have joined!")  # Twitch's words for a raid, which the recorder kept


def happenings(said: Iterable[Said]) -> Iterator[Happening]:
    """The raids of a recording."""
    for message in said:
        if match := RAIDED.match(message.text):
            yield Happening(message.second, "raid", int(match[1]))
