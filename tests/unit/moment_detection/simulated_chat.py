"""Chat with known bursts, as chatters per second: Poisson, or with a rate that swings as real chat does."""

import math
import random
from collections.abc import Iterator
from typing import NamedTuple

from moment_detection.detection.channel_events import ChannelEvent
from moment_detection.detection.detector import Detector
from moment_detection.detection.outputs import RAISED, Revision
from moment_detection.detection.rules import Rules

START = 1_700_000_040
HOUR = 3600
BURST_SECONDS = 10
SWING_SECONDS = 60  # how long chat keeps its mood
HIT_SECONDS = 20  # a moment so long after a burst's beginning is its own


class Chat(NamedTuple):
    """A channel: people a second, how far its rate swings, and bursts (second, times the rate, and people at least)."""

    rate: float
    swing: float
    hours: float
    bursts: list[int]
    times: float = 4.0
    least: float = 25.0
    level_from: int = 0  # a raid: from this second on
    level_times: float = 1.0  # so many times the rate
    gaps: tuple[tuple[int, int], ...] = ()


class Outcome(NamedTuple):
    """What a detector made of it. `raised`: seconds from the start."""

    raised: list[int]
    recall: float
    false_per_hour: float
    per_hour: float
    most_in_an_hour: int


def burst_times(rnd: random.Random, hours: float, an_hour: float, first: int = 900) -> list[int]:
    """Bursts at random, one in each span of an hour / `an_hour`."""
    span = HOUR / an_hour
    found = [int(number * span + rnd.uniform(0.2, 0.8) * span) for number in range(int(hours * an_hour))]
    return [second for second in found if second >= first]


def people(chat: Chat, rnd: random.Random) -> Iterator[int]:
    """WindowChatters of each second."""
    mood, keeps = rnd.gauss(0, 1), math.exp(-1 / SWING_SECONDS)
    begun = {second + step for second in chat.bursts for step in range(BURST_SECONDS)}
    for second in range(int(chat.hours * HOUR)):
        mood = keeps * mood + math.sqrt(1 - keeps * keeps) * rnd.gauss(0, 1)
        rate = chat.rate * (chat.level_times if chat.level_from and second >= chat.level_from else 1.0)
        usual = rate * math.exp(chat.swing * mood - chat.swing**2 / 2)
        burst = max(chat.times * rate, chat.least / BURST_SECONDS) if second in begun else 0.0
        yield _poisson(rnd, usual + burst)


def _poisson(rnd: random.Random, mean: float) -> int:
    if mean > 50:
        return max(0, round(rnd.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), rnd.random(), 0
    while product > limit:
        product *= rnd.random()
        count += 1
    return count


def play(chat: Chat, rules: Rules, seed: int = 1) -> Outcome:
    """Feed it to a detector and compare what is raised with the truth."""
    detector, outputs = Detector(rules), []
    gap_from = dict(chat.gaps)
    unread = 0
    for second, count in enumerate(people(chat, random.Random(seed))):
        events: tuple[ChannelEvent, ...] = ()
        if second in gap_from:
            unread, at = gap_from[second], START + second
            events = (ChannelEvent(at * 1000, "coverage", "gap", "", at * 1000, (START + unread) * 1000),)
        if second >= unread or events:
            count = count if second >= unread else 0
            if count or events:
                outputs += detector.add_second(START + second, count, count, events)
    raised = [each.crossed - START for each in outputs if isinstance(each, Revision) and each.number == RAISED]
    return _outcome(chat, raised)


def _outcome(chat: Chat, raised: list[int]) -> Outcome:
    hits = {burst for burst in chat.bursts if any(burst <= second < burst + HIT_SECONDS for second in raised)}
    false = [second for second in raised if not any(burst <= second < burst + HIT_SECONDS for burst in chat.bursts)]
    most = max((sum(second <= other < second + HOUR for other in raised) for second in raised), default=0)
    recall = len(hits) / len(chat.bursts) if chat.bursts else 1.0
    return Outcome(raised, recall, len(false) / chat.hours, len(raised) / chat.hours, most)
