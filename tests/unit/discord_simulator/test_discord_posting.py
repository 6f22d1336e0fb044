"""Messages: nonces, permissions, edits of old ones, and the truth."""

from typing import Any

import pytest

from discord_simulator.errors import DiscordError
from discord_simulator.messages.drafts import File, read_draft
from discord_simulator.messages.message import Message
from discord_simulator.world.permissions import ROLE, Overwrite, Permission


def send(server: Any, channel: str = "live", user_id: int | None = None, **body: Any) -> Message:
    draft = read_draft({"content": "live now"} | body)
    return server.discord.posting.send(user_id or server.bot_id, server.channel(channel).channel_id, draft)


def deny(server: Any, permission: Permission) -> None:
    role = server.guild.role_of_bot(server.bot_id)
    server.discord.overwrite(server.channel("live"), Overwrite(role.role_id, ROLE, deny=int(permission)))


def test_an_enforced_nonce_is_sent_once_within_minutes(server: Any) -> None:
    first = send(server, nonce="a", enforce_nonce=True)
    assert send(server, content="other", nonce="a", enforce_nonce=True) is first
    assert send(server, nonce="b", enforce_nonce=True) is not first
    assert send(server, nonce="a") is not first  # not enforced
    assert [row["action"] for row in server.rows("messages")] == ["create", "repeat", "create", "create"]
    assert len([event for event, _ in server.heard() if event == "MESSAGE_CREATE"]) == 3
    server.now += 300_001
    assert send(server, nonce="b", enforce_nonce=True).message_id != first.message_id


def test_a_deleted_messages_nonce_is_free(server: Any) -> None:
    first = send(server, nonce="a", enforce_nonce=True)
    server.discord.posting.delete(server.bot_id, first.channel_id, first.message_id)
    assert send(server, nonce="a", enforce_nonce=True) is not first


@pytest.mark.parametrize(
    ("permission", "code"), [(Permission.VIEW_CHANNEL, "50001"), (Permission.SEND_MESSAGES, "50013")]
)
def test_permissions_are_needed_to_write(server: Any, permission: Permission, code: str) -> None:
    deny(server, permission)
    with pytest.raises(DiscordError, match=code):
        send(server)


def test_embeds_and_files_need_permissions_of_their_own(server: Any) -> None:
    deny(server, Permission.EMBED_LINKS)
    send(server)
    with pytest.raises(DiscordError, match="50013"):
        send(server, embeds=[{"title": "x"}])
    deny(server, Permission.ATTACH_FILES)
    draft, place = read_draft({}, [File("a.png", b"x")]), server.channel("live").channel_id
    with pytest.raises(DiscordError, match="50013"):
        server.discord.posting.send(server.bot_id, place, draft)


def test_what_cannot_be_sent(server: Any) -> None:
    with pytest.raises(DiscordError, match="50006"):
        send(server, content=" ")
    with pytest.raises(DiscordError, match="50008"):
        send(server, channel="Information")
    with pytest.raises(DiscordError, match="REPLIES_UNKNOWN_MESSAGE"):
        send(server, message_reference={"message_id": "5"})
    with pytest.raises(DiscordError, match="10003"):
        server.discord.posting.send(server.bot_id, 5, read_draft({"content": "x"}))


def test_a_message_is_edited_by_its_author_only(server: Any) -> None:
    posting, mine = server.discord.posting, send(server, embeds=[{"title": "x"}])
    other = send(server, user_id=server.owner().user_id)
    server.now += 5000
    edited = posting.edit(server.bot_id, mine.channel_id, mine.message_id, read_draft({"content": "over"}))
    assert (edited.content, edited.embeds[0]["title"], edited.edited_at) == ("over", "x", server.now)
    with pytest.raises(DiscordError, match="50005"):
        posting.edit(server.bot_id, other.channel_id, other.message_id, read_draft({"content": "x"}))
    with pytest.raises(DiscordError, match="10008"):
        posting.edit(server.bot_id, mine.channel_id, 5, read_draft({"content": "x"}))
    with pytest.raises(DiscordError, match="50006"):
        posting.edit(server.bot_id, mine.channel_id, mine.message_id, read_draft({"content": "", "embeds": []}))
    assert mine.content == "over"


def test_old_messages_are_edited_rarely(make_server: Any) -> None:
    server = make_server(old_edits=2, old_edit_seconds=20)
    posting, message = server.discord.posting, send(server)

    def edit(text: str) -> None:
        posting.edit(server.bot_id, message.channel_id, message.message_id, read_draft({"content": text}))

    for number in range(5):
        edit(f"young {number}")
    message.age(3_600_000)
    edit("old 1")
    edit("old 2")
    with pytest.raises(DiscordError, match="30046") as raised:
        edit("old 3")
    assert (raised.value.status, raised.value.body["retry_after"]) == (429, 20.0)
    server.now += 20_000
    edit("old 4")


def test_others_messages_are_deleted_with_a_permission(server: Any) -> None:
    posting, other = server.discord.posting, send(server, user_id=server.owner().user_id)
    with pytest.raises(DiscordError, match="50013"):
        posting.delete(server.bot_id, other.channel_id, other.message_id)
    posting.delete(server.owner().user_id, other.channel_id, other.message_id)
    with pytest.raises(DiscordError, match="10008"):
        posting.delete(server.owner().user_id, other.channel_id, other.message_id)
    assert [row["action"] for row in server.rows("messages")] == ["create", "delete"]


def test_a_page_is_the_newest_first(server: Any) -> None:
    sent = [send(server, content=str(number)) for number in range(5)]
    history, place = server.discord.posting.history, server.channel("live").channel_id
    assert [each.content for each in history.page(place, 3, None, None)] == ["4", "3", "2"]
    assert [each.content for each in history.page(place, 3, sent[2].message_id, None)] == ["1", "0"]
    assert [each.content for each in history.page(place, 2, None, sent[1].message_id)] == ["3", "2"]


def test_a_channel_keeps_so_many_messages(make_server: Any) -> None:
    server = make_server(kept_messages=50)
    for number in range(60):
        send(server, content=str(number))
    kept = server.discord.posting.history.seen_by(server.channel("live").channel_id, None)
    assert [kept[0].content, len(kept)] == ["10", 50]


def test_the_truth_holds_who_is_pinged(server: Any) -> None:
    role = server.role("Live pings")
    send(server, content=f"<@&{role}>", nonce="n", allowed_mentions={"parse": [], "roles": [str(role)]})
    (row,) = server.rows("messages")
    assert (row["nonce"], row["pinged_roles"], row["pinged_users"]) == ("n", [str(role)], [])
    assert row["guild_id"] == str(server.guild.guild_id)


def test_an_embeds_empty_parts_are_not_kept(server: Any) -> None:
    message = send(server, embeds=[{"title": "x", "image": {}, "author": {}, "fields": [], "color": 0}])
    assert message.shape({})["embeds"] == [{"type": "rich", "title": "x", "color": 0}]
