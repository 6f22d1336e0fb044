"""Chat with emotes, made by hypothesis, and what a plain count finds in it."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from hypothesis import strategies as st

from contracts.emote_counts import EmoteCounts
from emote_counts.packing import unpack_seconds
from emote_counts.tally import MINUTE_MS, EmoteKey, Tally

START = 1_763_830_800_000
KEYS: tuple[EmoteKey, ...] = (
    ("7tv", "01A", "KEKW"),
    ("7tv", "01A", "KEKL"),  # the same emote after it was renamed
    ("bttv", "5e", "KEKW"),  # the same name elsewhere
    ("ffz", "9", "kekw"),
    ("twitch", "25", "<script>alert(1)</script>"),
    ("7tv", "01B", "😹" * 500),
)
Cell = tuple[str, int, EmoteKey]  # channel, second since 1970, emote
People = dict[tuple[str, int, EmoteKey], int]  # by channel, minute and emote


class Line(NamedTuple):
    """A message with emotes."""

    channel_id: str
    sent_at: int
    message_id: str
    chatter: str
    uses: tuple[EmoteKey, ...]


LINES = st.lists(
    st.tuples(
        st.sampled_from(["1", "2"]),
        st.integers(START, START + 3 * MINUTE_MS - 1),
        st.sampled_from(["anna", "bert", "carl"]),
        st.lists(st.sampled_from(KEYS), min_size=1, max_size=4).map(tuple),
    ),
    max_size=30,
).map(lambda drawn: [Line(a, b, f"id{place}", c, d) for place, (a, b, c, d) in enumerate(drawn)])


def recount(lines: Iterable[Line]) -> tuple[Counter[Cell], People]:
    """Count plainly, each message once."""
    cells: Counter[Cell] = Counter()
    people: dict[tuple[str, int, EmoteKey], set[str]] = defaultdict(set)
    for line in set(lines):
        for key in line.uses:
            cells[line.channel_id, line.sent_at // 1000, key] += 1
            people[line.channel_id, line.sent_at // MINUTE_MS, key].add(line.chatter)
    return cells, {key: len(chatters) for key, chatters in people.items()}


def counted(records: Iterable[EmoteCounts]) -> tuple[Counter[Cell], People]:
    """Return what records say; a later one of a minute replaces an earlier one, an open one no closed one."""
    newest: dict[tuple[str, int], EmoteCounts] = {}
    for record in records:
        known = newest.get((record.channel_id, record.minute_at))
        if known is None or record.is_closed or not known.is_closed:
            newest[record.channel_id, record.minute_at] = record
    cells: Counter[Cell] = Counter()
    people: People = {}
    for record in newest.values():
        for emote in record.emotes:
            key = (emote.provider, emote.id, emote.name)
            people[record.channel_id, record.minute_at // MINUTE_MS, key] = emote.people
            for second, uses in unpack_seconds(emote.seconds):
                cells[record.channel_id, record.minute_at // 1000 + second, key] = uses
    return cells, people


def add(tally: Tally, line: Line, offset: int) -> None:
    """Let a tally count a line."""
    tally.add(line.channel_id, line.sent_at, line.message_id, line.chatter, line.uses, offset)
