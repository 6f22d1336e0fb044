"""A Shared Chat session of three watched channels: a crowd counts in the channel where it wrote, and nowhere else."""

import time

from end_to_end.world import World, closed_with_outcome

from contracts.chat_messages import Message
from contracts.topics import CHAT_MESSAGES


def test_a_session_raises_one_moment_and_makes_one_clip(world: World) -> None:
    loud, quiet, third = (world.fresh_channel() for _ in range(3))
    session = [loud, quiet, third]
    assert all(world.control("shared_chat", logins=session).values())
    began = time.time()
    try:
        world.control("notice", login=quiet, kind="raid", amount=400)
        for login in (quiet, third):
            world.control("messages", login=login, lines=[{"user": "ann", "text": f"hello from {login}"}])
        world.burst(loud, chatters=200)
        moment = world.wait_for_moment(loud, closed_with_outcome)
    finally:
        world.control("shared_chat", logins=session, end=True)
    assert moment["clip"]["status"] == "made"
    assert "raid" not in moment["causes"]
    ids = [world.channel_ids[login] for login in session]
    since = "crossed_at > to_timestamp(%s) AND channel_id = ANY(%s)"
    assert world.query(f"SELECT channel_id FROM moments WHERE NOT shadow AND {since}", began, ids) == [(ids[0],)]
    clips = world.query(f"SELECT channel_id, status FROM clips WHERE {since}", began, ids)
    assert clips == [(ids[0], "made")]
    strangers = messages_in_kafka(world, set(ids)) - {each["message_id"] for each in world.truth("messages")}
    assert strangers == set()  # a relayed copy has an id of its own


def messages_in_kafka(world: World, channel_ids: set[str]) -> set[str]:
    records = world.records(CHAT_MESSAGES.name)
    return {each.message_id for each in records if isinstance(each, Message) and each.channel_id in channel_ids}
