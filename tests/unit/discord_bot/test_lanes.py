"""What waits goes on in its order, one of each lane at a time; nothing is lost and nothing is done twice."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from discord_bot.rules.editing import Pace
from discord_bot.sending.dispatcher import AT_ONCE, EDITS_AT_ONCE, Dispatcher, Priority
from discord_bot.sending.lanes import Lanes

ITEMS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), max_size=60)


@given(ITEMS, st.lists(st.booleans(), max_size=200))
def test_each_item_comes_once_and_a_busy_lane_waits(items: list[tuple[int, int]], frees: list[bool]) -> None:
    lanes: Lanes[int] = Lanes()
    for number, (priority, lane) in enumerate(items):
        lanes.put(priority, lane, number)
    taken: list[int] = []
    busy: list[int] = []
    steps = iter(frees)
    while lanes.most_urgent() is not None or busy:
        if busy and (lanes.most_urgent() is None or next(steps, True)):
            lanes.free(busy.pop(0))
            continue
        waiting = [
            (items[each][0], each) for each in range(len(items)) if each not in taken and items[each][1] not in busy
        ]
        lane, number = lanes.take()
        assert (items[number][0], number) == min(waiting)
        assert lane not in busy
        taken.append(number)
        busy.append(items[number][1])
    assert sorted(taken) == list(range(len(items)))


async def done_in_order(*jobs: tuple[Priority, str, float]) -> list[str]:
    """Put jobs of these priorities, lanes and durations, and return their lanes as they ended."""
    dispatcher, ended = Dispatcher(Pace(10_000)), []

    async def work(lane: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        ended.append(lane)

    for priority, lane, seconds in jobs:
        dispatcher.put(priority, lane, lambda lane=lane, seconds=seconds: work(lane, seconds))
    running = asyncio.create_task(dispatcher.run())
    async with asyncio.timeout(10):
        while len(ended) < len(jobs):
            await asyncio.sleep(0.001)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return ended


async def test_a_channel_that_has_to_wait_holds_up_no_other() -> None:
    slow = [(Priority.LIVE, "slow", 1.0)] * 2
    many = [(Priority.LIVE, f"channel {number}", 0.0) for number in range(3 * AT_ONCE)]
    ended = await done_in_order(*slow, *many)
    assert ended[-2:] == ["slow", "slow"]


async def test_edits_that_have_to_wait_leave_room_for_news() -> None:
    edits = [(Priority.EDIT, f"edit {number}", 0.3) for number in range(2 * AT_ONCE)]
    ended = await done_in_order(*edits, (Priority.DIGEST, "digest", 0.0))
    assert ended[0] == "digest"
    assert EDITS_AT_ONCE < AT_ONCE


async def test_what_is_urgent_goes_first() -> None:
    ended = await done_in_order(
        (Priority.EDIT, "edit", 0.0), (Priority.DIGEST, "digest", 0.0), (Priority.LIVE, "live", 0.0),
        (Priority.MOMENT, "moment", 0.0),
    )  # fmt: skip
    assert ended == ["moment", "live", "digest", "edit"]
