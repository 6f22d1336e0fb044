"""What the page Uptime says of outages: what they cost, and what not."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from api_frontend.data.uptime.days import ms
from api_frontend.data.uptime.record import UptimeRecord, lay_out
from api_frontend.text.uptime.bars import draw
from api_frontend.text.uptime.words import days_summary, figures, overall, share_text, shown_outages
from contracts.uptime import Part

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = 60, 3600, 86_400
Note = tuple[str, str, float, float]  # seconds ago
ALL_UP: list[Note] = [(part, "up", 10 * DAY, 0) for part in ("website", "chat", "moments", "clips", "discord")]


def record(*notes: Note, zone: str = "UTC") -> UptimeRecord:
    rows = [(part, state, round(ms(NOW) - 1000 * a), round(ms(NOW) - 1000 * b)) for part, state, a, b in notes]
    return lay_out(rows, NOW, ZoneInfo(zone))


def costs(*notes: Note) -> list[str]:
    return [words for outage in shown_outages(record(*notes), 60) for words in outage.costs]


def test_a_day_without_b_is_one_outage_that_lost_no_moment_but_clips() -> None:
    down: list[Note] = [(part, "down", 3 * DAY, 2 * DAY) for part in ("moments", "clips")]
    (outage,) = shown_outages(record(*ALL_UP, *down), 60)
    assert outage.titles == "Finding moments, Making clips"
    assert outage.span.length == DAY * 1000
    assert [words[:30] for words in outage.costs] == [
        "New moments came late: chat wa",
        "No clips were made. Moments of",
    ]
    assert "None was lost" in outage.costs[0]


@pytest.mark.parametrize(
    "chat",
    [
        [("chat", "up", 10 * DAY, 3 * DAY), ("chat", "up", 2.5 * DAY, 0)],  # nobody knows
        [("chat", "up", 10 * DAY, 0), ("chat", "down", 3 * DAY, 3 * DAY - HOUR)],
    ],
)
def test_where_chat_was_not_read_all_along_nothing_is_promised(chat: list[Note]) -> None:
    said = costs(*chat, ("moments", "up", 10 * DAY, 0), ("moments", "down", 3 * DAY, 2 * DAY))
    assert not any("None was lost" in words for words in said)
    assert any("as far as chat was read" in words for words in said)


def test_chat_is_kept_for_two_days_only() -> None:
    said = costs(*ALL_UP, ("moments", "down", 6 * DAY, 3 * DAY))
    assert any("48 hours" in words for words in said)
    assert not any("None was lost" in words for words in said)


def test_what_goes_on_is_said_in_the_present() -> None:
    found = record(*ALL_UP, ("clips", "down", HOUR, 0), ("website", "down", 2 * HOUR, HOUR))
    assert overall(found) == "Down now: Making clips."
    first, second = shown_outages(found, 60)
    assert (first.goes_on, second.goes_on) == (True, False)
    assert first.costs[0].startswith("No clips are made.")
    assert second.costs[0].startswith("Pages could not be opened.")


def test_planned_work_is_no_outage_while_the_site_stayed_up() -> None:
    found = record(*ALL_UP, ("work", "planned", DAY, DAY - 90), ("work", "planned", 2 * DAY, 2 * DAY - 60))
    assert found.outages == []
    assert len(found.work) == 2
    assert sum(day.has_work for day in found.parts[Part.WEBSITE].days) == 2
    assert share_text(found.parts[Part.WEBSITE]) == "100%"


def test_an_outage_of_planned_work_is_named_so() -> None:
    found = record(*ALL_UP, ("work", "planned", DAY, DAY - 90), ("website", "down", DAY - 20, DAY - 200))
    (outage,) = shown_outages(found, 60)
    assert outage.in_work
    assert share_text(found.parts[Part.WEBSITE]) == "99.97%"


def test_a_share_is_never_rounded_up_to_all() -> None:
    found = record(*ALL_UP, ("website", "down", DAY, DAY - 1)).parts[Part.WEBSITE]
    assert share_text(found) == "99.99%"
    assert figures(found) == "1 outage, 1 s in all"


def test_what_nobody_watched_is_neither_up_nor_down() -> None:
    found = record(("website", "up", 5 * DAY, 4 * DAY), ("website", "up", 2 * DAY, 0)).parts[Part.WEBSITE]
    assert (found.sums.up, found.sums.down, found.sums.unknown) == (3 * DAY * 1000, 0, 2 * DAY * 1000)
    assert share_text(found) == "100%"
    assert figures(found) == "no outage, 48 h 00 min not watched"
    assert days_summary(found.days) == "5 days without an outage, 1 day not watched, 84 days before the record began"


def test_without_notes_of_the_last_minutes_nobody_knows() -> None:
    assert overall(record(("website", "up", DAY, 10 * MINUTE))).startswith("Nobody knows what works now")
    assert overall(record()).startswith("Nobody knows what works now")
    assert overall(record(("website", "up", DAY, MINUTE), ("chat", "up", DAY, HOUR))) == (
        "What is known works. Not known now: Reading chat."
    )
    assert overall(record(*ALL_UP)) == "Everything works."


def test_a_part_that_nobody_watches_is_not_there() -> None:
    assert record(*ALL_UP[:2]).parts[Part.DISCORD].began is None


def test_notes_from_the_future_do_not_count_yet() -> None:
    found = record(*ALL_UP, ("website", "down", -HOUR, -2 * HOUR))
    assert found.outages == []
    assert found.whole.until_at == ms(NOW)


def test_each_kind_of_day_has_a_shape_of_its_own() -> None:
    found = record(
        ("website", "up", 9 * DAY, 7 * DAY),
        ("website", "up", 5 * DAY, 0),
        ("website", "down", 3 * DAY, 3 * DAY - 60),
        ("work", "planned", 2 * DAY, 2 * DAY - 60),
    )
    bars = draw(found.parts[Part.WEBSITE].days)
    assert set(bars.paths) == {"before", "partly", "up", "unknown", "down"}
    shapes = {name: path.split("z")[0].split("h")[0].split(" ")[1] for name, path in bars.paths.items()}
    assert shapes["down"] < shapes["up"], "stands out above"
    assert bars.work.count("z") == 1
    assert {told.words for told in bars.told} >= {"down for 1 min", "not watched", "no outage, planned work"}
