"""What cards, the first page's box and the header show, and that stored text cannot become markup."""

import json
import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from api_frontend.data.freshness import UNREACHABLE, Freshness
from api_frontend.data.stored_moment import Channel, StoredMoment, StreamFacts
from api_frontend.reader import Reader, reading
from api_frontend.rendering import Renderer
from api_frontend.settings import ApiSettings
from api_frontend.static_files import static_address, static_version
from api_frontend.text.clip_status import DECIDED_WITHIN, MADE_AFTER
from api_frontend.text.links import outward

from .examples import MADE, MOMENT, PEAK, evidence, with_clip, with_fields

renderer = Renderer(ApiSettings())
demo = Renderer(ApiSettings(demo=True))
HALF_A_SECOND = timedelta(seconds=0.5)
VOD = "https://www.twitch.tv/videos/1?t=1h"
LAUGHTER = with_fields(MOMENT, mood="laughter")


def news(moment: StoredMoment, by: Renderer = renderer) -> dict[str, str]:
    """What an open page is told of it."""
    told: dict[str, str] = json.loads(by.moment_news(moment))
    return told


def card(moment: StoredMoment, by: Renderer = renderer) -> str:
    """The card's HTML."""
    return news(moment, by)["html"]


def text_of(html: str) -> str:
    """What a reader sees, spaces as one."""
    return " ".join(re.sub(r"<[^>]*>", "", html).split())


def going_on(moment: StoredMoment, **fields: object) -> StoredMoment:
    """The moment as one that goes on right now."""
    at = datetime.now(UTC) - timedelta(seconds=3)
    crossed_at = int(at.timestamp() * 1000)
    moment = with_fields(moment, revision="peaked", revision_number=2, crossed_at=crossed_at, **fields)
    return replace(moment, changed_at=at, version="2.0")


def test_a_card_is_a_picture_and_four_lines() -> None:
    made = replace(LAUGHTER, clip=with_clip("made").clip, version="3.2")
    html = card(with_fields(made, biggest_in_seconds=8_000))
    assert [text_of(line) for line in re.findall(r"<h2>.*?</h2>|<p class.*?</p>", html, re.DOTALL)] == [
        "Chat burst out laughing · LUL",
        "212 people at once",
        "LunaPlays · Elden Ring · German · 22 Nov 2026, 17:03 UTC",
        "Biggest of this stream",
    ]
    assert 'class="play"' in html
    assert "0:28" in html
    assert re.search(r'<img [^>]*width="480" height="272" referrerpolicy="no-referrer"', html)
    assert 'datetime="2026-11-22T17:03:03Z"' in html
    assert 'href="/moments/abc123"' in html


def test_no_line_of_a_heading_begins_with_the_point() -> None:
    """On a phone "Chat burst out laughing" filled the line, and the next one was "· LUL"."""
    assert "<bdi>Chat burst out laughing\u00a0· LUL</bdi></a></h2>" in card(LAUGHTER)


def test_without_a_clip_the_curve_is_the_picture() -> None:
    html = card(MOMENT)
    assert 'class="mini"' in html
    assert "<img" not in html
    assert 'class="play"' not in html


def test_nothing_is_said_of_a_clip_before_it_is_known() -> None:
    fresh = going_on(MOMENT, moment_id="fresh")
    assert "Deciding…" in card(fresh)
    assert "No clip" not in card(fresh)
    assert "Nothing is known of a clip" in card(MOMENT)


def test_why_there_is_no_clip_and_where_the_recording_is() -> None:
    raid = with_fields(with_clip("skipped"), no_clip_reason="cause", causes=["raid"], moment_id="raid")
    assert "No clip: a raid brought the crowd. 1:59:33 into the stream" in text_of(card(raid))
    late = with_fields(with_clip("too_late", vod_url=VOD), moment_id="late")
    assert '<a href="https://www.twitch.tv/videos/1?t=1h59m33s" rel="noopener">Recording at 1:59:33</a>' in card(late)


def test_the_demo_links_to_nothing_real() -> None:
    late = with_fields(with_clip("too_late", vod_url=VOD), moment_id="late in the demo")
    assert "twitch.tv" not in card(late, demo)
    assert "Recording at 1:59:33" in card(late, demo)
    page = bytes(demo.page("problem.html", {"status": 404, "message": ""}).body).decode()
    assert "its Twitch is simulated" in page
    assert "simulated" not in bytes(renderer.page("problem.html", {"status": 404, "message": ""}).body).decode()


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://twitch.tv/a", None),
        ("https://clips.twitch.tv/Clip1", None),
        ("https://www.twitch.tv:443/videos/1", None),
        ("http://127.0.0.1:4000/clip/1", "/clip/1"),
        ("http://[::1]:4000/embed?clip=1", "/embed?clip=1"),
        ("https://nottwitch.tv/", "https://nottwitch.tv/"),
    ],
)
def test_a_demo_sends_visitors_to_nothing_real_and_never_to_their_own_machine(address: str, shown: str | None) -> None:
    assert outward(address, demo=True) == shown
    assert outward(address, demo=False) == address
    assert outward(None, demo=True) is None


def test_an_experimental_moment_is_marked_and_linked() -> None:
    html = card(with_fields(MOMENT, moment_id="experiment", shadow=True, no_clip_reason="shadow"))
    assert "Experimental" in html
    assert 'href="/moments/experiment?shadow=1"' in html
    assert "data-save" not in html


def test_unknown_games_and_languages_are_left_out() -> None:
    html = card(replace(MOMENT, stream=StreamFacts(language="other"), version="9"))
    assert "LunaPlays · 22 Nov 2026" in text_of(html)


def test_the_box_says_what_goes_on() -> None:
    box = news(going_on(LAUGHTER, moment_id="now", evidence=evidence(window_chatters=310, expected_chatters=40.0)))[
        "now"
    ]
    assert "data-until" in box
    assert "LunaPlays · 310 people at once, usually 40 (8×) Chat is laughing · Deciding…" in text_of(box)
    assert '<p class="off" hidden>' in box


def test_the_box_tells_when_the_clip_comes() -> None:
    moment = going_on(LAUGHTER, moment_id="coming")
    clip = replace(MADE, status="intent", decided_at=datetime.now(UTC))
    box = news(replace(moment, clip=clip))["now"]
    assert "Chat is laughing · Clip in about 20 s" in text_of(box)
    assert "data-counts" in box


def test_the_box_is_quiet_after_a_moment() -> None:
    box = news(MOMENT)["now"]
    assert "data-until" not in box
    assert "Quiet right now." in box
    assert "Last: LunaPlays, 22 Nov 2026" in text_of(box)


def test_a_moment_that_came_hours_late_is_not_now() -> None:
    late = with_fields(going_on(MOMENT), crossed_at=MOMENT.document.crossed_at, moment_id="hours late")
    assert "data-until" not in news(late)["now"]


def test_stored_text_stays_text() -> None:
    nasty = '"><script>alert(1)</script>'
    moment = replace(with_clip("refused", reason=nasty), channel=Channel("1", None, nasty))
    moment = replace(moment, stream=StreamFacts(title=nasty, game_name=nasty, language=nasty))
    moment = with_fields(moment, causes=[nasty], mood=nasty, moment_id="a/b?c")
    told = news(moment)
    assert "<script" not in told["html"]
    assert "<script" not in told["now"]
    assert "b%3Fc" in told["html"]


def test_names_cannot_turn_the_text_around_them() -> None:
    html = card(replace(MOMENT, channel=Channel("11", "x", "\u202eevil"), version="10"))
    assert '<bdi class="name">evil</bdi>' in html
    assert "\u202e" not in html


def test_no_inline_style_or_script_anywhere() -> None:
    html = card(with_fields(MOMENT, moment_id="gap", evidence=evidence(covered=[0] * 10 + [1] * 80)))
    assert "style=" not in html
    assert "onclick" not in html
    assert 'class="gap"' in html


@pytest.mark.parametrize(
    ("freshness", "words"),
    [
        (Freshness("live", PEAK, 2.4, 41), "41 channels watched · updated 2 s ago"),
        (Freshness("live", PEAK, 3.0, 1), "1 channel watched · updated 3 s ago"),
        (Freshness("live", PEAK, 3.0), "updated 3 s ago"),
        (Freshness("catching_up", PEAK, 250.0, 41), "41 channels watched · 4 minutes behind"),
        (Freshness("catching_up", PEAK, 7200.0), "2 hours behind"),
        (Freshness("away", PEAK, 600.0), "Nothing new has been read since 22 Nov"),
        (UNREACHABLE, "New moments do not come in at present."),
        (Freshness("nothing", None, None), "No chat has been read yet"),
    ],
)
def test_the_header_shows_how_fresh_the_data_is(freshness: Freshness, words: str) -> None:
    told = json.loads(renderer.freshness_news(freshness))
    assert words in text_of(told["html"])
    assert told["state"] == freshness.state


def test_a_static_address_changes_with_the_content() -> None:
    assert static_address("site.css") == f"/static/site.css?v={static_version('site.css')}"
    assert len(static_version("site.css")) == 12


def test_a_changed_moment_gets_a_new_card() -> None:
    changing = with_fields(MOMENT, moment_id="changing")
    assert 'class="play"' not in card(changing)
    assert 'class="play"' in card(replace(changing, clip=with_clip("made").clip, version="3.2"))
    assert 'class="play"' not in card(changing)


def test_a_card_is_rendered_once_unless_what_it_says_of_its_clip_is_due() -> None:
    settled = replace(MOMENT, clip=MADE, version="kept")
    assert renderer.card(settled) is renderer.card(settled)
    waiting = replace(
        going_on(MOMENT, moment_id="waits"), changed_at=datetime.now(UTC) - DECIDED_WITHIN + HALF_A_SECOND
    )
    waiting = with_fields(waiting, crossed_at=MOMENT.document.crossed_at)
    assert "Deciding…" in card(waiting)
    time.sleep(HALF_A_SECOND.total_seconds())
    assert "Nothing is known of a clip" in card(waiting)


def test_a_card_counts_down_to_its_clip() -> None:
    decided_at = datetime.now(UTC) - MADE_AFTER + HALF_A_SECOND
    clip = replace(MADE, status="intent", decided_at=decided_at)
    coming = replace(with_fields(MOMENT, moment_id="counts"), clip=clip)
    assert "Clip in about 5 s" in card(coming)
    time.sleep(HALF_A_SECOND.total_seconds())
    assert "The clip is being made…" in card(coming)


def test_the_header_tells_each_reader_in_their_language() -> None:
    freshness = Freshness("live", PEAK, 2.0, 41)
    page = renderer._templates["en"].from_string("{{ freshness_line(freshness) }}")
    assert "41 channels watched" in page.render(freshness=freshness)
    with reading(Reader("de")):
        assert "41 Kanäle" in page.render(freshness=freshness)
    assert "40 channels watched" in page.render(freshness=replace(freshness, channels=40))
