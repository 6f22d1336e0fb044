"""Messages per CPU second that are split and looked up in the emotes' catalogues, and the memory of those.

`python tests/benchmarks/emote_lookup.py` fills a store with 200 channels of 700 emotes each, most of which are in many
channels, and reads 200,000 lines of the simulator's chat in all of them: with the uses alone, as they are counted, and
with their places, as moments need them. The floor is 1,000,000 per second and 24 MB. Writes results/emote_lookup.json.
"""

import random
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from time import process_time

from _result import write_result

from emote_catalogue.emote import GLOBAL, CatalogueEmote, ProviderName
from emote_catalogue.provider import CatalogueProvider, keys_in
from emote_catalogue.versions import Versions
from moment_detection.evidence.chat_message import ChatMessage
from twitch_simulator.crowd.foreign_emotes import common_names
from twitch_simulator.crowd.reactions import talk_pool

NOW = 1_790_000_000  # seconds
CHANNELS, EMOTES, MESSAGES, ROUNDS = 200, 700, 200_000, 5
KNOWN = 40_000  # different emotes of which channels choose
SHARES: tuple[tuple[ProviderName, int], ...] = (("7tv", 500), ("bttv", 130), ("ffz", 70))
SPEED_FLOOR, MEMORY_FLOOR = 1_000_000, 24.0  # per CPU second; MB


def chosen(rng: random.Random) -> list[int]:
    """Choose a channel's emotes: the best known are in most channels, and one in four is nearly its own."""
    numbers: set[int] = set()
    while len(numbers) < EMOTES:
        common = rng.random() < 0.75
        numbers.add(int(min(KNOWN, 30 * rng.paretovariate(0.55))) if common else rng.randrange(1_000_000))
    return sorted(numbers)


def emote(number: int) -> CatalogueEmote:
    """Make the emote of a number; the first have names that the simulated crowd writes."""
    name = common_names()[number] if number < len(common_names()) else f"emoteName{number}"
    return CatalogueEmote(f"01{number:024X}", name, image=f"https://cdn.7tv.app/emote/01{number:024X}/2x.webp")


def fill(versions: Versions) -> None:
    """Store all catalogues."""
    rng = random.Random(1)
    for provider, count in SHARES:
        names = [CatalogueEmote(f"{provider}{number}", f"global{provider}{number}") for number in range(count // 10)]
        versions.apply(GLOBAL, provider, names, NOW * 1000)
    for channel in range(CHANNELS):
        numbers = sorted({*range(150), *chosen(rng)})[:EMOTES]
        for provider, count in SHARES:
            versions.apply(str(channel), provider, [emote(number) for number in numbers[:count]], NOW * 1000)
            numbers = numbers[count:]


def best(read: Callable[[], int]) -> tuple[float, int]:
    """Return the least CPU seconds of some rounds, and what they counted."""
    seconds, uses = sys.float_info.max, 0
    for _ in range(ROUNDS):
        began = process_time()
        uses = read()
        seconds = min(seconds, process_time() - began)
    return seconds, uses


def memory(versions: Versions) -> tuple[float, int]:
    """Return the MB that all channels' names take, and how many different emotes they have."""
    tracemalloc.start()
    for channel in range(CHANNELS):
        versions.lookup_at(str(channel), (NOW + 60) * 1000)
    held = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    found = {
        key
        for channel in range(CHANNELS)
        for key in versions.lookup_at(str(channel), (NOW + 60) * 1000).emotes.values()
    }
    return held, len(found)


def speeds(versions: Versions) -> dict[str, float]:
    """Measure both ways of reading on the same messages."""
    texts = [each.text for language in ("en", "de", "es", "ja") for each in talk_pool(1, language)]
    random.Random(2).shuffle(texts)
    messages = [ChatMessage(NOW + 60, "c", "i", "[]", text) for text in islice(cycle(texts), MESSAGES)]
    channels = [str(number % CHANNELS) for number in range(MESSAGES)]
    look_up, provider = versions.lookup_at, CatalogueProvider(versions)

    def count() -> int:
        at_ms = (NOW + 60) * 1000
        return sum(
            len(keys_in(each.text, look_up(channel, at_ms).emotes))
            for each, channel in zip(messages, channels, strict=True)
        )

    def place() -> int:
        return sum(len(provider.emotes_in(each, channel)) for each, channel in zip(messages, channels, strict=True))

    counting, uses = best(count)
    placing, places = best(place)
    assert uses == places
    return {
        "messages": MESSAGES,
        "uses_per_message": round(uses / MESSAGES, 2),
        "counted_per_cpu_second": round(MESSAGES / counting),
        "placed_per_cpu_second": round(MESSAGES / placing),
    }


def main() -> int:
    """Measure; return 1 if a floor is missed."""
    with tempfile.TemporaryDirectory() as folder:
        versions = Versions(Path(folder) / "emotes.sqlite")
        fill(versions)
        megabytes, different = memory(versions)
        figures = {
            "channels": CHANNELS,
            "emotes": EMOTES,
            "different_emotes": different,
            "memory_mb": round(megabytes, 1),
        }
        figures |= speeds(versions)
        versions.close()
    write_result("emote_lookup", figures)
    return 0 if figures["counted_per_cpu_second"] >= SPEED_FLOOR and megabytes <= MEMORY_FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
