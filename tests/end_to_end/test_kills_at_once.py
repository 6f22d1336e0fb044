"""kill -9 of everything at once during a burst: the same moment, at most one clip, and recovery."""

import pytest
from end_to_end.test_kills import KILLED, RECOVERY_SECONDS, wait_until_most_was_sent
from end_to_end.world import World, closed_with_outcome


@pytest.mark.timeout(420)
def test_a_kill_of_all_at_once_changes_nothing(world: World) -> None:
    login = world.fresh_channel()
    began = world.burst(login, seconds=16)
    wait_until_most_was_sent(world, login, began)
    dead = world.kill_at_once((*KILLED, "emote_counter"))
    for name, pid in dead.items():
        world.system.wait_restarted(name, pid, RECOVERY_SECONDS)
    moment = world.wait_for_moment(login, closed_with_outcome, RECOVERY_SECONDS)
    channel_id = moment["channel"]["id"]
    assert {each.moment_id for each in world.records("moments") if each.channel_id == channel_id} == {moment["id"]}
    assert sum(each["broadcaster_id"] == channel_id for each in world.truth("clips")) <= 1
    assert world.query("SELECT 1 FROM coverage WHERE channel_id = %s AND event = 'gap'", channel_id)
