"""Plans the simulated channels: heavy-tailed sizes, languages, games, and when each is live."""

import math
from dataclasses import dataclass
from random import Random
from typing import Final

from twitch_simulator.clock import DAY_MS, WorldClock
from twitch_simulator.crowd.categories import draw_category, make_title
from twitch_simulator.crowd.chatters import CROWD_SIZE, Audience
from twitch_simulator.crowd.names import make_name

ZIPF_EXPONENT = 0.9  # the largest of 40 channels has about a quarter of all chat
LARGEST_VIEWERS = 42_000
ALWAYS_LIVE_SHARE = 0.4  # the largest channels never go offline, so that a demo always has chat
HOUR_MS = 3_600_000
LANGUAGES: Final = ("en", "en", "en", "en", "es", "pt", "de", "fr", "ja", "ko", "zh")
UTC_HOURS: Final = {"en": -5, "es": -3, "pt": -3, "de": 1, "fr": 1, "ja": 9, "ko": 9, "zh": 8}


@dataclass(slots=True, eq=False)
class Channel:
    """One broadcaster, fixed for a seed until it is renamed. `weight` is its share of all chat at its average hour."""

    login: str
    channel_id: str
    display_name: str
    language: str
    game_id: str
    title: str
    weight: float
    viewers: int
    audience: Audience
    live_from_hour: float  # UTC, 0-24
    live_hours: float  # 24: always live
    created_at: int  # ms since 1970


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One stream of a channel; `started_at` in real milliseconds since 1970."""

    stream_id: str
    video_id: str
    started_at: int


def plan_channels(seed: int, count: int, always_live: bool = False) -> list[Channel]:
    """Plan `count` channels, the largest first; equal seeds give equal channels."""
    rng = Random(f"channels:{seed}")
    sizes = sorted(((rank + 1) ** -ZIPF_EXPONENT * rng.lognormvariate(0, 0.25) for rank in range(count)), reverse=True)
    ids, total = rng.sample(range(1_000_000, 90_000_000), count), sum(sizes)
    words, taken = Random(f"words:{seed}"), set[str]()
    channels = []
    for number, (channel_id, size) in enumerate(zip(ids, sizes, strict=True)):
        always = always_live or number <= count * ALWAYS_LIVE_SHARE
        language = rng.choice(LANGUAGES)
        name = make_name(words, language, taken)
        channel = plan_channel(
            rng, words, name=name, language=language, channel_id=str(channel_id), weight=size / total,
            relative=size / sizes[0], always=always,
        )  # fmt: skip
        channels.append(channel)
    return channels


def plan_channel(
    rng: Random,
    words: Random,
    *,
    name: tuple[str, str],
    language: str,
    channel_id: str,
    weight: float,
    relative: float,
    always: bool,
) -> Channel:
    """Plan one channel. `words`: draws its words; `name`: login and display name; `relative`: size to the largest's."""
    category = draw_category(words)
    viewers = max(3, round(LARGEST_VIEWERS * relative**1.2))
    return Channel(
        login=name[0],
        channel_id=channel_id,
        display_name=name[1],
        language=language,
        game_id=category.id,
        title=make_title(words, language, category),
        weight=weight,
        viewers=viewers,
        audience=Audience(rng.randrange(CROWD_SIZE), max(5, min(CROWD_SIZE, viewers // 8))),
        live_from_hour=(18 - UTC_HOURS[language] + rng.uniform(-4, 2)) % 24,
        live_hours=24.0 if always else rng.uniform(5, 14),
        created_at=1_400_000_000_000 + rng.randrange(300_000_000_000),
    )


def rhythm(channel: Channel, world_at: int) -> float:
    """Return the relative activity in the channel's time zone: 1 on average, highest in its evening."""
    local_hour = (world_at / HOUR_MS + UTC_HOURS.get(channel.language, 0)) % 24
    return 1 + 0.5 * math.cos((local_hour - 20) / 24 * 2 * math.pi)


def broadcast_at(channel: Channel, real_at: int, clock: WorldClock) -> Broadcast | None:
    """Return the channel's stream at a real time (ms); None while it is scheduled to be offline."""
    since = clock.world(real_at) - round(channel.live_from_hour * HOUR_MS)
    if since % DAY_MS >= channel.live_hours * HOUR_MS:
        return None
    day = since // DAY_MS
    started = clock.real(clock.world(real_at) - since % DAY_MS)
    return Broadcast(f"4{channel.channel_id}{day}", f"2{channel.channel_id[-5:]}{day}", started)


def viewers_at(channel: Channel, world_at: int) -> int:
    """Return the viewers at a simulated time: the daily rhythm with a small oscillation."""
    wobble = 1 + 0.04 * math.sin(world_at / 300_000 + int(channel.channel_id) % 7)
    return max(1, round(channel.viewers * rhythm(channel, world_at) * wobble))
