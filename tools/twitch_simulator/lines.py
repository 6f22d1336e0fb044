"""Writes raw chat lines for parser benchmarks: python -m twitch_simulator.lines --count N > lines.txt."""

import argparse
import sys
from collections.abc import Iterator
from random import Random
from typing import Final

from twitch_simulator.crowd.channels import LANGUAGES, plan_channels
from twitch_simulator.crowd.chat import plan_chat, shares_at
from twitch_simulator.crowd.chatters import make_crowd
from twitch_simulator.crowd.texts import make_pool
from twitch_simulator.delivery.rendering import Renderer
from twitch_simulator.irc.rooms import LINE_END

MESSAGES_PER_SECOND: Final = 5000
CHANNELS: Final = 100
STARTED_AT: Final = 1_767_225_600_000  # 2026-01-01, so that equal seeds give equal lines on any day


def make_lines(count: int, seed: int = 1) -> Iterator[str]:
    """Yield `count` PRIVMSG lines of many channels without line ends; equal seeds give equal lines."""
    channels, crowd = plan_channels(seed, CHANNELS, always_live=True), make_crowd(seed)
    pools = {language: make_pool(seed, language) for language in dict.fromkeys(LANGUAGES)}
    shares, rng = shares_at(channels, STARTED_AT), Random(seed)
    renderer, made, at = Renderer(rng), 0, STARTED_AT
    while made < count:
        messages = plan_chat(rng, shares, MESSAGES_PER_SECOND, (at, at + 1000), crowd, pools)[: count - made]
        for message in messages:
            yield renderer.render(message, message.at).line.removesuffix(LINE_END)
        made, at = made + len(messages), at + 1000


def main() -> int:
    """Write lines to standard output, each terminated by CR LF."""
    parser = argparse.ArgumentParser(prog="python -m twitch_simulator.lines", description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="number of lines")
    parser.add_argument("--seed", type=int, default=1, help="equal seeds give equal lines")
    arguments = parser.parse_args()
    for line in make_lines(arguments.count, arguments.seed):
        sys.stdout.buffer.write((line + LINE_END).encode())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
