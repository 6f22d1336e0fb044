"""The way to Discord: what is mentioned, what an error means, what is found among the last messages."""

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from unit.discord_bot.examples import NOW, STREAMER, polled, seconds

from discord_bot.sending.discord_side import DiscordPy, embed_of, may_read_history, mentions_of, searched
from discord_bot.sending.errors import (
    CODES,
    Away,
    ChannelRefused,
    EditsSpent,
    MessageGone,
    Rejected,
    TokenRefused,
    error_of,
)
from discord_notices.messages.live import Notice, live_message
from discord_notices.messages.marker import marked_address
from discord_notices.messages.message import Card, Message
from discord_notices.messages.problems import PAUSED

ME = discord.Object(7)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, 0, TokenRefused),
        (403, 50001, ChannelRefused),
        (403, 50013, ChannelRefused),
        (403, 0, ChannelRefused),
        (404, 10003, ChannelRefused),
        (404, 10008, MessageGone),
        (400, 30046, EditsSpent),
        (429, 30046, EditsSpent),
        (400, 50035, Rejected),
        (429, 0, Away),
        (500, 0, Away),
        (503, 0, Away),
    ],
)
def test_an_answer_is_an_error_that_says_what_to_do(status: int, code: int, kind: type[Exception]) -> None:
    assert type(error_of(status, code, "text")) is kind


def test_after_a_server_error_the_message_may_be_there_and_after_a_limit_it_is_not() -> None:
    errors = [error_of(500, 0, ""), error_of(429, 0, "")]
    assert [each.reached for each in errors if isinstance(each, Away)] == [True, False]


def test_every_reason_has_words() -> None:
    assert set(CODES.values()) == set(PAUSED)


def message(role_id: int | None) -> Message:
    return Message(content="@everyone <@1>", card=Card(url="https://x"), role_id=role_id)


def test_only_the_role_may_be_mentioned() -> None:
    assert mentions_of(message(5)).to_dict() == {"parse": [], "roles": [5], "replied_user": False} or (
        mentions_of(message(5)).to_dict() == {"parse": [], "roles": [5]}
    )
    allowed = mentions_of(message(None)).to_dict()
    assert allowed["parse"] == []
    assert not allowed.get("roles")


def test_a_card_becomes_an_embed() -> None:
    made = live_message(Notice(stream=polled(), streamer=STREAMER, nonce="n"), NOW)
    embed = embed_of(made.card).to_dict()
    assert embed["title"] == "Hello"
    assert embed["image"]["url"] == made.card.image_url
    assert [field["name"] for field in embed["fields"]] == ["Game", "Viewers"]
    bare = embed_of(Card(url="https://x", description="d")).to_dict()
    assert not {"image", "author", "footer", "fields"} & {name for name, value in bare.items() if value}


def found(number: int, author: int, nonce: str) -> Any:
    embed = SimpleNamespace(url=marked_address("https://x", nonce))
    author_ = SimpleNamespace(id=author)
    return SimpleNamespace(id=number, author=author_, embeds=[embed], created_at=NOW - seconds(number))


async def history(*messages: Any) -> AsyncIterator[Any]:
    for each in messages:
        yield each


async def test_our_own_messages_are_found_and_nobody_elses() -> None:
    result = await searched(history(found(1, 7, "ours"), found(2, 8, "theirs")), ME)
    assert result.own == {"ours": 1}
    assert result.oldest_at is None


async def test_a_full_page_says_how_far_it_reaches() -> None:
    result = await searched(history(*(found(number, 7, f"n{number}") for number in range(50))), ME)
    assert result.oldest_at == NOW - seconds(49)
    assert len(result.own) == 50


class Allowing(discord.TextChannel):
    """A text channel without a server behind it."""

    __slots__ = ("allowed",)

    def __init__(self, **allowed: bool) -> None:
        self.allowed = discord.Permissions(**allowed)
        self.guild = SimpleNamespace(me=None)  # type: ignore[assignment]

    def permissions_for(self, _: Any) -> discord.Permissions:  # type: ignore[override]
        return self.allowed


def test_history_that_may_not_be_read_is_not_taken_for_an_empty_one() -> None:
    assert may_read_history(Allowing(view_channel=True, read_message_history=True))
    assert not may_read_history(Allowing(view_channel=True, read_message_history=False))
    assert not may_read_history(Allowing(view_channel=False, read_message_history=True))
    assert not may_read_history(None)


def side(guild: Any) -> DiscordPy:
    """Discord by a client that knows one server, or none."""
    return DiscordPy(SimpleNamespace(get_guild=lambda _: guild, user=ME))  # type: ignore[arg-type]


async def test_a_server_that_is_gone_and_one_out_of_reach() -> None:
    with pytest.raises(ChannelRefused, match="server_gone"):
        await side(None).search(1, 2)
    assert not side(None).is_in(1)
    with pytest.raises(Away):
        await side(SimpleNamespace(unavailable=True)).search(1, 2)


async def test_a_thread_that_sleeps_is_asked_for() -> None:
    async def fetch_channel(_: int) -> Any:
        return Allowing(view_channel=True)

    guild = SimpleNamespace(unavailable=False, get_channel_or_thread=lambda _: None)
    client = SimpleNamespace(get_guild=lambda _: guild, user=ME, fetch_channel=fetch_channel)
    with pytest.raises(ChannelRefused, match="no_permission"):
        await DiscordPy(client).search(1, 2)  # type: ignore[arg-type]
