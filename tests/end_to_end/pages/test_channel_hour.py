"""A channel's last hour and its week in Chromium: drawn by the script, told by keys and mouse, whole without it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from integration.support.channel_rows import MINUTE, ChannelRows
from playwright.sync_api import Page, expect

TIMEOUT_MS = 15_000  # the machine may be busy
PHONE = {"width": 390, "height": 844}
PAGE = "/channels/lunaplays"
BUCKETS = 360
MINUTE_BUCKETS = 6
INK = """() => { const canvas = document.querySelector(".uplot canvas");
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return pixels.some((value) => value > 0); }"""
OpenPage = Callable[..., Page]


@pytest.fixture
def rows(dsn: str) -> Iterator[ChannelRows]:
    """A channel that was read for an hour but for ten minutes, loud in one minute, with one moment."""
    rows = ChannelRows(dsn)
    rows.clear()
    rows.run("TRUNCATE watched_channels, streams, coverage, chat_counts")
    rows.watched("11", "lunaplays")
    rows.stream("11", 7200.0, title="Malenia", game_name="Elden Ring", language="en")
    rows.coverage("11", "joined", 300)
    rows.coverage("11", "gap", 40, 30)
    for minute in (*range(1, 31), *range(41, 61)):
        rows.counts("11", minute, [2] * 60 if minute != 20 else [2] * 30 + [41] * 10 + [2] * 20)
    rows.moment("m1", 1200.0, revision=3)
    rows.counted()
    yield rows
    rows.run("TRUNCATE watched_channels, streams, coverage, chat_counts")
    rows.close()


def test_the_hour_tells_its_seconds_by_key_and_mouse(visit: OpenPage, rows: ChannelRows) -> None:
    page = visit(PAGE, viewport=PHONE)
    slider, told = page.get_by_role("slider", name="Second of the curve"), page.locator(".hour .told")
    expect(slider).to_have_attribute("aria-valuemax", str(BUCKETS - 1))
    assert page.evaluate(INK)
    expect(told).to_contain_text("41 at most", use_inner_text=True)
    slider.focus()
    page.keyboard.press("Home")
    expect(told).to_contain_text("2 people at", use_inner_text=True)
    box = slider.bounding_box()
    assert box is not None
    loud = 40 * MINUTE_BUCKETS + 3  # the minute that began 20 minutes ago, its second half
    page.mouse.move(box["x"] + box["width"] * (loud + 0.5) / BUCKETS, box["y"] + 100)
    expect(told).to_contain_text("41 people at", use_inner_text=True)
    page.mouse.move(box["x"] + box["width"] * 25 / 60, box["y"] + 100)
    expect(told).to_contain_text("Not read at", use_inner_text=True)
    page.mouse.move(box["x"], box["y"] - 100)
    slider.blur()
    expect(told).to_contain_text("41 at most", use_inner_text=True)


def test_the_hour_goes_on_under_a_chosen_second(visit: OpenPage, rows: ChannelRows) -> None:
    page = visit(PAGE)
    slider, told = page.get_by_role("slider"), page.locator(".hour .told")
    slider.focus()
    page.keyboard.press("End")
    expect(told).to_contain_text("2 people at", use_inner_text=True)
    page.evaluate("window.canvas = document.querySelector('.uplot canvas')")
    louder = "UPDATE chat_counts SET chatters = array_fill(77::smallint, ARRAY[60]) WHERE minute_at = %s"
    rows.run(louder, rows.minute - MINUTE)
    expect(told).to_contain_text("77 people at", use_inner_text=True, timeout=TIMEOUT_MS)
    expect(slider).to_be_focused()
    assert page.evaluate("window.canvas === document.querySelector('.uplot canvas')")


def test_the_week_names_a_day_once_in_the_visitors_zone(visit: OpenPage, rows: ChannelRows) -> None:
    """In Tokyo, nine hours ahead of UTC the whole year."""
    sunday = rows.minute.replace(hour=0, minute=30) - timedelta(days=rows.minute.isoweekday() + 7)
    times = [sunday + timedelta(hours=hour) for hour in (3, 3, 3, 4, 4, 20)]
    rows.watched("12", "nightowl")  # the site keeps the week of the other channel for a while
    for number, at in enumerate(times):
        rows.moment(f"w{number}", (datetime.now(UTC) - at).total_seconds(), revision=3, channel_id="12")
    page = visit("/channels/nightowl", timezone_id="Asia/Tokyo")
    said = "Most often on Sundays at 12:00 and 13:00 and on Mondays at 05:00 (your time)."
    expect(page.locator("#week-text")).to_have_text(said)


@pytest.mark.parametrize("script", [True, False])
def test_a_moment_on_the_hour_is_a_link(visit: OpenPage, rows: ChannelRows, script: bool) -> None:
    page = visit(PAGE, java_script_enabled=script)
    line = page.locator(".hour .plot .line")
    assert line.is_visible() is not script  # the script draws its own over the frame
    page.locator(".hour .marks a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chat erupted · LUL")
