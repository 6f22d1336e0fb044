"""Each state of a clip has its line, and links somewhere."""

from typing import get_args

import pytest

from api_frontend.text.clip_status import clip_line
from contracts.clips import ClipStatus

from .examples import MOMENT, with_clip, with_fields

STREAM = "https://www.twitch.tv/lunaplays"


@pytest.mark.parametrize("status", get_args(ClipStatus))
def test_every_status_of_the_contract_has_a_line(status: str) -> None:
    line = clip_line(with_clip(status), STREAM)
    assert line.text
    assert line.link


def test_without_a_clip_it_links_to_the_channel() -> None:
    line = clip_line(MOMENT, STREAM)
    assert (line.text, line.link, line.link_text) == ("No clip", STREAM, "Open the channel")


def test_without_a_clip_it_gives_the_reason_if_known() -> None:
    line = clip_line(with_fields(MOMENT, no_clip_reason="cause", causes=["raid"]), STREAM)
    assert line.text == "No clip: a raid drove chat"


def test_a_refusal_gives_its_reason() -> None:
    line = clip_line(with_clip("refused", reason="clips are restricted"), STREAM)
    assert line.text == "Twitch refused the clip: clips are restricted"
    assert line.tone == "bad"


def test_too_late_links_to_the_vod() -> None:
    line = clip_line(with_clip("too_late", vod_url="https://www.twitch.tv/videos/1?t=1h"), STREAM)
    assert (line.text, line.link) == ("Too late to clip", "https://www.twitch.tv/videos/1?t=1h")


def test_a_made_clip_links_to_itself() -> None:
    assert clip_line(with_clip("made"), STREAM).link == "https://clips.twitch.tv/Clip1"


def test_an_unnamed_channel_has_no_link() -> None:
    assert clip_line(MOMENT, None).link is None
