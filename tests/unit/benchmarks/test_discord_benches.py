"""What the benches of the Discord bot make of what they have seen."""

from types import SimpleNamespace
from typing import Any

from benchmarks._discord_world import spread
from benchmarks.discord_delays import Streams, delays, login_in
from benchmarks.discord_servers import most_in_a_second


def created(guild_id: int, login: str, at: float) -> dict[str, Any]:
    embeds = [{"url": f"https://www.twitch.tv/{login}?ss=abc"}]
    return {"action": "create", "guild_id": str(guild_id), "at": at * 1000, "embeds": embeds}


def test_a_spread_has_median_and_p95() -> None:
    assert spread([float(each) for each in range(100)]) == {"count": 100, "p50": 50.0, "p95": 95.0, "most": 99.0}


def test_the_most_in_any_second_is_found_across_its_edges() -> None:
    assert most_in_a_second([0.0, 0.9, 0.95, 1.85, 1.89, 2.9]) == 4


def test_a_message_is_of_the_login_in_its_cards_address() -> None:
    assert login_in(created(1, "lunaplays", 0.0)) == "lunaplays"
    assert login_in({"embeds": [{"url": "https://scout.example/moments/m1"}]}) == ""
    assert login_in({"embeds": []}) == ""


def test_what_is_late_missing_doubled_or_not_wanted_is_told_apart() -> None:
    rows = [created(1, "a", 11.0), created(2, "a", 12.0), created(2, "a", 13.0), created(4, "a", 12.0)]
    world: Any = SimpleNamespace(
        rows=lambda _: [(1, "s", 10.5), (2, "s", 10.5)], discord=SimpleNamespace(rows=lambda _: rows)
    )
    began = [{"login": "a", "channel_id": "7", "stream_id": "s", "game": "Chess", "at": 10.0}]
    followed = {"7": {1: [], 2: ["Chess"], 3: [], 4: ["Fortnite"]}}
    found = delays(world, Streams(world, None, [], [], began), followed)  # type: ignore[arg-type]
    assert (found["doubled"], found["lost"], found["not_wanted"]) == (1, 1, 1)
    assert found["helix_to_message_s"] == {"count": 2, "p50": 2.0, "p95": 2.0, "most": 2.0}
