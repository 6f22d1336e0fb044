"""The usual chat of all live channels: a seeded plan, window by window, that depends on nothing but its arguments."""

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

NORMAL_FROM = 50.0  # from this mean on, a rounded normal draw stands for the Poisson draw


def poisson(rng: Random, mean: float) -> int:
    """A Poisson draw."""
    if mean >= NORMAL_FROM:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


@dataclass(frozen=True)
class Shares:
    """Who talks: the live channels and the running sums of their shares, which end at 1."""

    channels: Sequence[Channel]
    sums: Sequence[float]


def shares_at(channels: Sequence[Channel], world_at: int) -> Shares:
    """The shares of the given live channels at a world time. Together they have all chat, whatever the hour."""
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
    """The messages of the window [from, until) (ms) in order of time; their number is a Poisson draw."""
    from_at, until_at = window
    if not shares.channels:
        return []
    count = poisson(rng, messages_per_second * (until_at - from_at) / 1000)
    draw, last, people = rng.random, len(shares.channels) - 1, len(crowd)
    messages = []
    for at in sorted(from_at + int(draw() * (until_at - from_at)) for _ in range(count)):
        channel = shares.channels[min(last, bisect(shares.sums, draw()))]
        pool = pools[channel.language]
        text = pool[int(len(pool) * draw() ** 2)]  # squared: the pool's first texts are said most
        messages.append(PlannedMessage(at, channel, crowd[channel.audience.draw(draw(), people)], text))
    return messages
