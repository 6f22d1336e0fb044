"""What a round of polls writes, and when."""

from integration.support.discord_world import Bot, World


async def test_what_only_goes_on_is_written_once_a_round(bot: Bot, world: World) -> None:
    await bot.join(1)
    await bot.follow(1, "a")
    world.live("a", "s1", viewer_count=100)
    assert await bot.polling.ask(0, ["a"]) == []
    assert (await bot.streams.newest(["a"]))["a"].viewers_now == 100  # new: at once
    world.live("a", "s1", viewer_count=200)
    (seen,) = await bot.polling.ask(0, ["a"])
    assert (seen.viewers_now, seen.polls) == (200, 2)
    assert (await bot.streams.newest(["a"]))["a"].viewers_now == 100
    world.live("a", "s1", viewer_count=300, title="Another title")
    assert await bot.polling.ask(0, ["a"]) == []
    assert (await bot.streams.newest(["a"]))["a"].viewers_now == 300
    world.live("a", "s2")
    assert await bot.polling.ask(0, ["a"]) == []  # another stream is news
