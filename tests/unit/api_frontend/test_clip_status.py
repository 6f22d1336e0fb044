"""Each state of a clip has its line, and leads somewhere."""

from dataclasses import replace

import pytest

from api_frontend.text.clip_status import clip_line
from contracts.clips import STATUSES

from .examples import MOMENT, with_clip

STREAM = "https://www.twitch.tv/lunaplays"


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_of_the_contract_has_words(status: str) -> None:
    line = clip_line(with_clip(status), STREAM)
    assert line.text
    assert line.link


def test_without_a_clip_it_leads_to_the_stream() -> None:
    line = clip_line(MOMENT, STREAM)
    assert (line.text, line.link, line.link_text) == ("No clip", STREAM, "Open the stream")


def test_without_a_clip_it_says_why_where_that_is_known() -> None:
    line = clip_line(replace(MOMENT, no_clip_reason="cause", causes=["raid"]), STREAM)
    assert line.text == "No clip: a raid brought the crowd"


def test_a_refusal_gives_its_reason() -> None:
    line = clip_line(with_clip("refused", reason="clips are restricted"), STREAM)
    assert line.text == "Twitch refused the clip: clips are restricted"
    assert line.tone == "bad"


def test_too_late_leads_to_the_recording() -> None:
    line = clip_line(with_clip("too_late", vod_url="https://www.twitch.tv/videos/1?t=1h"), STREAM)
    assert (line.text, line.link) == ("Too late for a clip", "https://www.twitch.tv/videos/1?t=1h")


def test_a_made_clip_leads_to_itself() -> None:
    assert clip_line(with_clip("made"), STREAM).link == "https://clips.twitch.tv/Clip1"


def test_an_unnamed_channel_has_no_stream_to_open() -> None:
    assert clip_line(MOMENT, None).link is None
