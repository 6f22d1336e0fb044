"""Plans the usual chat of all live channels window by window; depends only on its arguments."""

import math
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from twitch_simulator.crowd.bursts import PlannedMessage
from twitch_simulator.crowd.channels import Channel, rhythm
from twitch_simulator.crowd.chatters import Chatter
from twitch_simulator.crowd.texts import ChatText

NORMAL_FROM = 50.0  # above this mean, a rounded normal draw approximates the Poisson draw


def poisson(rng: Random, mean: float) -> int:
    """Draw from a Poisson distribution."""
    if mean >= NORMAL_FROM:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


@dataclass(frozen=True)
class Shares:
    """The live channels and the cumulative sums of their shares of chat, which end at 1."""

    channels: Sequence[Channel]
    sums: Sequence[float]


def shares_at(channels: Sequence[Channel], world_at: int) -> Shares:
    """Return the shares of the given live channels at a simulated time; they add up to 1 at any hour."""
    weights = [channel.weight * rhythm(channel, world_at) for channel in channels]
    total = sum(weights)
    return Shares(channels, list(accumulate(weight / total for weight in weights)))


def plan_chat(
    rng: Random,
    shares: Shares,
    messages_per_second: float,
    window: tuple[int, int],
    crowd: Sequence[Chatter],
    pools: dict[str, list[ChatText]],
) -> list[PlannedMessage]:
    """Plan the messages of the window [from, until) (ms) in order of time; their number is Poisson-distributed."""
    from_at, until_at = window
    if not shares.channels:
        return []
    count = poisson(rng, messages_per_second * (until_at - from_at) / 1000)
    draw, last, people = rng.random, len(shares.channels) - 1, len(crowd)
    messages = []
    for at in sorted(from_at + int(draw() * (until_at - from_at)) for _ in range(count)):
        channel = shares.channels[min(last, bisect(shares.sums, draw()))]
        pool = pools[channel.language]
        text = pool[int(len(pool) * draw() ** 2)]  # squared: the pool's first texts are the most frequent
        messages.append(PlannedMessage(at, channel, crowd[channel.audience.draw(draw(), people)], text))
    return messages
