"""What is done to the Discord bot while hundreds of notices are on their way."""

import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from integration.support.discord_bot_process import BotProcess
from integration.support.discord_town import LIVE, Town

from embedded.servers.postgres import Postgres

BEGIN_SECONDS = 0.4  # between the begin of two streams
SEND = "POST /channels/*/messages"
VIEW, SEND_MESSAGES = 1 << 10, 1 << 11  # Discord's permissions


@dataclass
class Stage:
    """A town with bots; `bots[0]` is the one that there is without a second. `streams`: begun in this play.

    `over`: begun and ended while no bot ran.
    """

    town: Town
    postgres: Postgres
    bots: list[BotProcess]
    followed: list[dict[str, Any]]
    rng: random.Random
    streams: list[str] = field(default_factory=list)
    over: list[str] = field(default_factory=list)
    used: int = 0

    @property
    def bot(self) -> BotProcess:
        """The first bot."""
        return self.bots[0]

    def following(self, number: int) -> list[dict[str, Any]]:
        """Return the next channels to go live, in turn."""
        chosen = [self.followed[(self.used + place) % len(self.followed)] for place in range(number)]
        self.used += number
        return chosen

    @contextmanager
    def streams_begin(self, number: int) -> Iterator[None]:
        """Inside the block so many streams begin, one after the other; it ends when all have."""
        chosen = self.following(number)

        def begin() -> None:
            for channel in chosen:
                self.streams.append(self.town.live(channel, title=f"Hello @everyone {channel['login']}"))
                time.sleep(BEGIN_SECONDS)

        thread = threading.Thread(target=begin, daemon=True)
        thread.start()
        yield
        thread.join()

    def sent(self) -> int:
        """Return how many messages Discord has."""
        return sum(row["action"] == "create" for row in self.town.messages())

    def in_the_middle(self) -> None:
        """Wait until some more messages were sent, a random number."""
        before, more, deadline = self.sent(), self.rng.randrange(3, 30), time.monotonic() + 5
        while self.sent() < before + more and time.monotonic() < deadline:
            time.sleep(0.01)

    def fault(self, **fields: Any) -> None:
        """Let requests to Discord fail."""
        self.town.discord.order("rest_fault", **({"endpoint": SEND} | fields))


def nothing(_stage: Stage) -> None:
    """Play without a fault."""


def killed(stage: Stage) -> None:
    """Kill the bot while Discord is slow, so that messages are on their way each time."""
    for _ in range(4):
        stage.fault(status=200, count=100, delay_seconds=0.3)
        stage.in_the_middle()
        stage.bot.end(signal.SIGKILL)
        stage.bot.start().until_serving()
    stage.fault(count=0)


@contextmanager
def second(stage: Stage) -> Iterator[BotProcess]:
    """Start a second instance, and end it with the block."""
    with stage.bots[1] as other:
        yield other
        if stage.bot.process is None:
            stage.bot.start()
    stage.bot.until_serving()


def two_instances(stage: Stage) -> None:
    """Kill and stop them in turns, each time the one that sends."""
    with second(stage) as other:
        for number in (signal.SIGKILL, signal.SIGTERM):
            stage.in_the_middle()
            stage.bot.end(number)
            other.until_serving()
            stage.bot.start()
            stage.in_the_middle()
            other.end(number)
            stage.bot.until_serving()
            other.start()


def frozen(stage: Stage) -> None:
    """Freeze the one that sends until the other has taken over, and let it go on."""
    with second(stage) as other:
        stage.fault(status=200, count=60, delay_seconds=0.3)
        stage.in_the_middle()
        stage.bot.signal(signal.SIGSTOP)
        other.until_serving()
        stage.in_the_middle()
        stage.bot.signal(signal.SIGCONT)
        stage.in_the_middle()
        other.end(signal.SIGKILL)
        other.start()


def server_errors(stage: Stage) -> None:
    """Answer 500, 502, 503, and not at all: with the message in the channel and without."""
    for status in (500, 502, 503, 0):
        for acts in (False, True):
            stage.fault(status=status, count=12, acts=acts)
    time.sleep(5)


def limits(stage: Stage) -> None:
    """Refuse by the global limit, by channels' buckets, by a shared limit, and by Cloudflare."""
    discord = stage.town.discord
    for _ in range(2):
        stage.in_the_middle()
        discord.order("exhaust", seconds=2)
    for guild in stage.town.guilds[:10]:
        discord.order("exhaust", route="POST /channels/{channel_id}/messages", place=guild["channels"][LIVE], seconds=4)
    stage.fault(status=429, count=10, scope="shared", retry_after_seconds=2)
    stage.fault(status=429, count=5, has_via=False)
    time.sleep(4)


def slow(stage: Stage) -> None:
    """Answer later than anybody waits, with the message in the channel all the same."""
    stage.fault(status=200, count=40, delay_seconds=7)
    time.sleep(6)


def away(stage: Stage) -> None:
    """Let Discord be away, and restart the bot meanwhile."""
    stage.in_the_middle()
    stage.town.discord.order("away", seconds=10)
    time.sleep(3)
    stage.bot.end(signal.SIGKILL)
    stage.bot.start().until_serving()


def gateway(stage: Stage) -> None:
    """Cut the gateway, ask to reconnect, end sessions: what is sent does not need it, commands come back."""
    for order in (
        {"action": "drop"},
        {"action": "reconnect"},
        {"action": "invalidate", "can_resume": True},
        {"action": "invalidate"},
        {"action": "close", "code": 4009},
        {"action": "close", "code": 1000},
    ):
        stage.town.discord.order("gateway", **order)
        time.sleep(1.2)
    stage.bot.until_serving()
    answer = stage.town.command(stage.town.guilds[0], "/live")
    assert answer["answered"], answer


def database(stage: Stage) -> None:
    """Restart Postgres, and kill it."""
    stage.in_the_middle()
    stage.postgres.stop()
    stage.postgres.start()
    stage.in_the_middle()
    stage.postgres.kill()
    time.sleep(6)  # longer than the lease
    stage.postgres.start()
    stage.bot.until_serving()


def flapping(stage: Stage) -> None:
    """Let Twitch leave out running streams for two polls, and for longer than a stream may be missing."""
    time.sleep(3)
    for polls in (2, 12):
        listed = stage.town.twitch.helix("streams", first=100).json()
        listed["data"] = [each for each in listed["data"] if each["id"] not in stage.streams[::2]]
        listed["pagination"] = {}
        stage.town.twitch.order("helix_fault", endpoint="streams", status=200, count=polls, body=listed)
        time.sleep(polls + 2)


def channels_gone(stage: Stage) -> None:
    """Delete channels, take permissions, kick the bot: nothing is posted there, and once it is repaired it is."""
    discord, guilds = stage.town.discord, stage.town.guilds
    gone, closed, kicked = guilds[1:4], guilds[4:7], guilds[7:9]
    stage.in_the_middle()
    for guild in gone:
        discord.order("delete_channel", channel_id=guild["channels"][LIVE])
    for guild, permission in zip(closed, (VIEW, SEND_MESSAGES, VIEW), strict=True):
        discord.order("overwrite", channel_id=guild["channels"][LIVE], deny=permission)
    for guild in kicked:
        discord.order("membership", guild_id=guild["guild_id"], action="kick")
    time.sleep(6)
    for guild in closed:
        discord.order("overwrite", channel_id=guild["channels"][LIVE])
    for guild in kicked:
        discord.order("membership", guild_id=guild["guild_id"], action="join")
    for guild in (*gone, *closed):
        place = guild["channels"]["general"] if guild in gone else guild["channels"][LIVE]
        answer = stage.town.command(guild, f"/setchannel channel:{place}", channel="welcome")
        assert answer["answered"], answer


def a_week_off(stage: Stage) -> None:
    """Kill the bot while it sends and start it a week later; streams that are over by then are not announced."""
    town = stage.town
    town.post_into(town.guilds, "clips")  # where fifty messages reach back a week: those in `live` have the wrong time
    stage.fault(status=200, count=100, delay_seconds=0.3)
    stage.in_the_middle()
    stage.bot.end(signal.SIGKILL)
    stage.fault(count=0)
    while len(stage.streams) < 10:
        time.sleep(0.1)
    told = {subject for _, subject in town.ledger()}
    over = stage.over = [each for each in stage.streams if each not in told][:2]
    for channel in stage.followed:
        if any((channel["channel_id"], stream_id) in town.streams for stream_id in over):
            town.offline(channel)
    stage.streams = [each for each in stage.streams if each not in over]
    town.execute("UPDATE discord_messages SET intended_at = intended_at - interval '7 days',"
                 " settled_at = settled_at - interval '7 days', edited_at = edited_at - interval '7 days'")  # fmt: skip
    town.execute("UPDATE discord_streams SET started_at = started_at - interval '7 days',"
                 " seen_at = seen_at - interval '7 days', missing_since = missing_since - interval '7 days',"
                 " ended_at = ended_at - interval '7 days'")  # fmt: skip
    town.discord.order("clock", offset_ms=7 * 86_400_000)  # Discord has forgotten every nonce
    stage.bot.start().until_serving()


PLAYS: dict[str, Callable[[Stage], None]] = {
    "nothing": nothing,
    "kill -9 while messages are on their way, four times": killed,
    "two instances, killed and stopped in turns": two_instances,
    "two instances, the sending one frozen until the other sends": frozen,
    "Discord answers 500, 502, 503, not at all": server_errors,
    "Discord limits: global, channels, shared, Cloudflare": limits,
    "Discord is slow": slow,
    "Discord is away for 10 s, the bot killed meanwhile": away,
    "gateway cut, reconnect, invalid session, closed": gateway,
    "Postgres restarted, then killed": database,
    "streams flap, for 2 polls and for 12": flapping,
    "channels deleted or closed, the bot kicked": channels_gone,
    "killed while it sends, and a week off": a_week_off,
}
