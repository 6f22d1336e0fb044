"""The text of a card and of the header, and that stored text cannot become markup."""

import json
from dataclasses import replace

import pytest

from api_frontend.data.freshness import UNREACHABLE, Freshness
from api_frontend.data.stored_moment import Channel
from api_frontend.rendering import Renderer, static_address, static_version
from api_frontend.settings import ApiSettings

from .examples import MOMENT, PEAK, evidence, with_clip, with_fields

renderer = Renderer(ApiSettings())


def card(moment: object) -> str:
    """The card's HTML."""
    return str(json.loads(renderer.moment_news(moment))["html"])  # type: ignore[arg-type]


def test_a_card_names_channel_time_reason_and_clip() -> None:
    html = card(with_clip("made"))
    for words in ("LunaPlays", "9 times the usual chat", "212 people in 7 s", "LUL ×140", "Clip ready", "28 s"):
        assert words in html
    assert 'datetime="2026-11-22T17:03:03Z"' in html
    assert 'href="/moments/abc123"' in html
    assert "<img" in html


def test_a_card_without_a_clip_shows_curve_and_channel() -> None:
    html = card(MOMENT)
    assert "<svg" in html
    assert 'href="https://www.twitch.tv/lunaplays"' in html
    assert "<img" not in html


def test_a_card_shows_triggers_mood_and_rarity() -> None:
    html = card(
        with_fields(
            MOMENT,
            moment_id="crowd",
            causes=["raid", "vote"],
            mood="laughter",
            mood_share=0.62,
            biggest_in_seconds=10_800,
        )
    )
    for words in ("a raid", "a vote", "laughter (62% of chatters) · this channel’s biggest in 3 hours"):
        assert words in html
    assert 'class="crowd"' not in card(MOMENT)


def test_an_experimental_moment_is_marked_and_linked() -> None:
    html = card(with_fields(MOMENT, moment_id="experiment", shadow=True, no_clip_reason="shadow"))
    assert "experimental" in html
    assert 'href="/moments/experiment?shadow=1"' in html


def test_stored_text_stays_text() -> None:
    nasty = '"><script>alert(1)</script>'
    moment = replace(with_clip("refused", reason=nasty), channel=Channel("1", None, nasty))
    moment = with_fields(moment, causes=[nasty], mood=nasty, moment_id="a/b?c")
    html = card(moment)
    assert "<script" not in html
    assert "b%3Fc" in html


def test_no_inline_style_or_script_anywhere() -> None:
    html = card(with_fields(MOMENT, moment_id="gap", evidence=evidence(covered=[0] * 10 + [1] * 80)))
    assert "style=" not in html
    assert "onclick" not in html
    assert 'class="gap"' in html


@pytest.mark.parametrize(
    ("freshness", "words"),
    [
        (Freshness("live", PEAK, 3.0), "Live"),
        (Freshness("catching_up", PEAK, 7200.0), "Catching up"),
        (Freshness("away", PEAK, 600.0), "Processing has been offline since"),
        (UNREACHABLE, "The database is unavailable"),
        (Freshness("nothing", None, None), "No chat has been processed yet"),
    ],
)
def test_the_header_shows_how_fresh_the_data_is(freshness: Freshness, words: str) -> None:
    news = json.loads(renderer.freshness_news(freshness))
    assert words in news["html"]
    assert news["state"] == freshness.state


def test_a_static_address_changes_with_the_content() -> None:
    assert static_address("site.css") == f"/static/site.css?v={static_version('site.css')}"
    assert len(static_version("site.css")) == 12


def test_a_changed_moment_gets_a_new_card() -> None:
    assert "Clip ready" not in card(MOMENT)
    assert "Clip ready" in card(with_clip("made"))
    assert "9 times" in card(MOMENT)
