"""docs/discord.md shows the stored results of the Discord bot's benches, and says what its numbers follow from."""

import math

import pytest
from benchmarks._discord_table import BEGIN, END, PAGE, markdown, replaced, stored

from discord_bot.polling.rounds import round_seconds
from discord_bot.settings import DiscordSettings
from twitch_access.settings import TwitchSettings

LINE = {"figure": "memory at 2,000 servers, MB", "measured": 81.5, "floor": 128, "goal": 90, "holds": True}


def test_the_page_shows_the_results() -> None:
    assert BEGIN + markdown(stored()) + END in PAGE.read_text(), "python tests/benchmarks/_discord_table.py"


def test_a_line_stands_for_each_figure() -> None:
    assert markdown([LINE]).splitlines()[2] == "| memory at 2,000 servers, MB | 81.5 | 128 | 90 |"
    assert markdown([]) == ""


def test_only_the_table_is_replaced() -> None:
    assert replaced(f"before\n{BEGIN}| old |\n{END}\nafter\n", "| new |\n") == f"before\n{BEGIN}| new |\n{END}\nafter\n"
    with pytest.raises(ValueError, match="lacks the line"):
        replaced("no marks", "| new |\n")


def test_how_many_streamers_a_round_holds_is_said_truly() -> None:
    poll = DiscordSettings.model_fields["poll_seconds"].default
    points = TwitchSettings.model_fields["bot_points"].default
    text = PAGE.read_text()
    assert f"every {poll:g} s" in text
    assert f"by the bot's {points} points a minute" in text
    for channels, seconds, words in (
        (5_000, poll, "Up to 5,000 followed streamers a round fits into its 20 s"),
        (10_000, 40.0, "10,000 take a hundred requests and 40 s"),
        (15_000, 60.0, "15,000 within a minute's round"),
    ):
        assert words in text
        assert math.isclose(round_seconds(channels, poll, points), seconds, abs_tol=0.01)
        assert round_seconds(channels + 100, poll, points) > seconds
