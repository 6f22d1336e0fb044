"""What people read: the table fits its terminal, the page stands alone and leads to the video's second."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from chat_analysis.peak_lines import findings
from chat_analysis.recording import read_recording
from chat_analysis.report.highlight import Report, Video, read_as, report_of
from chat_analysis.report.page import NUMBERED, page
from chat_analysis.report.table import columns, cut, table
from contracts.moments import Moment
from highlight_exports.ranges import clock

from .test_same_as_live import RULES, chat, own, twitch_downloader

VOD = Video(offset=90.0, id="2345678901")
VOID = {"meta", "input"}


def report_for(path: Path, video: Video = VOD, top: int | None = None) -> Report:
    recording = read_recording(path, lambda _: None)
    return report_of(recording, [each for each in findings(recording, RULES) if isinstance(each, Moment)], video, top)


@pytest.fixture
def report(tmp_path: Path) -> Report:
    return report_for(own(chat(), tmp_path))


class Page(HTMLParser):
    """Checks that elements close, and collects addresses, ids and texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open, self.links, self.ids, self.text = list[str](), list[str](), list[str](), ""
        self.tags = set[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            assert not name.startswith("on"), "no script"
            if name in ("href", "src", "srcset", "data", "action"):
                self.links.append(value or "")
            if name == "id":
                self.ids.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_the_table_fits(report: Report, width: int) -> None:
    lines = table(report, width).splitlines()
    assert all(columns(line) < width for line in lines)
    assert len(lines) == 3 + len(report.highlights)
    first = report.highlights[0]
    assert lines[0].startswith("one: 1:00:06 of chat, 2,")
    assert lines[2].split()[0] == clock(first.start)
    assert "laughter" in table(report, width)


def test_wide_letters_take_two_columns() -> None:
    assert columns("哈哈") == 4
    assert columns("e\N{COMBINING ACUTE ACCENT}") == 1
    assert cut("哈哈哈", 5) == "哈哈…"
    assert cut("abc", 3) == "abc"


def test_a_moment_that_the_stream_did_not_cause_is_marked(report: Report) -> None:
    vote = next(each for each in report.highlights if not each.is_reaction)
    text = table(report, 120)
    assert f"{vote.rank}*" in text
    assert "a vote · " in text
    assert text.rstrip().splitlines()[-1].startswith("* a raid, a vote")
    assert "No clip of it: a vote drove chat" in Page(page(report)).text


def test_the_page_stands_alone_and_leads_to_the_second(report: Report) -> None:
    text = page(report)
    found = Page(text)
    assert found.open == []
    assert found.tags.isdisjoint({"script", "link", "img", "iframe"})
    assert "url(" not in text
    assert "@import" not in text
    links = [f"https://www.twitch.tv/videos/2345678901?t={_time(each.start)}" for each in report.highlights]
    assert sorted(found.links) == sorted(links * 2), "one on the curve, one in the list"
    assert {f"m{each.rank}" for each in report.highlights} <= set(found.ids)
    assert len(re.findall(r"<b>\d+</b>", text)) == min(NUMBERED, len(report.highlights))
    assert text.count("<svg") == 1 + len(report.highlights)


def _time(seconds: float) -> str:
    return f"{int(seconds) // 3600}h{int(seconds) // 60 % 60}m{int(seconds) % 60}s"


def test_without_a_video_the_curve_leads_to_the_list(tmp_path: Path) -> None:
    report = report_for(own(chat(), tmp_path), Video())
    found = Page(page(report))
    assert {link.removeprefix("#") for link in found.links} <= set(found.ids)
    assert "The video is not known" in found.text


def test_a_title_cannot_break_out_of_the_page(tmp_path: Path) -> None:
    path = twitch_downloader(chat(), tmp_path)
    document = json.loads(path.read_text(encoding="utf-8"))
    document["video"]["title"] = "</title><script>alert(1)</script>\r\n\"'"
    for comment in document["comments"]:
        if comment["message"]["body"] == "wow what":
            comment["message"]["body"] = "<img/src=x> \x1b[31m"
    path.write_text(json.dumps(document), encoding="utf-8")
    report = report_for(path)
    found = Page(page(report))
    assert found.tags.isdisjoint({"script", "img"})
    assert "<img/src=x>" in found.text
    assert "\x1b" not in table(report, 200)


def test_a_chat_without_moments_says_so(tmp_path: Path) -> None:
    report = report_for(own([(1, "a", "hi"), (2, "b", "ho")], tmp_path))
    assert "No moment" in table(report, 80)
    assert "No moment" in Page(page(report)).text


def test_only_the_highest_are_kept(tmp_path: Path, report: Report) -> None:
    few = report_for(own(chat(), tmp_path), VOD, top=3)
    assert [each.rank for each in few.highlights] == [each.rank for each in report.highlights if each.rank <= 3]
    assert [each.start for each in few.highlights] == sorted(each.start for each in few.highlights)


@pytest.mark.parametrize(("name", "read"), [("looooool", "looo…l"), ("777777", "777…"), ("KEKW", "KEKW"), ("a", "a")])
def test_drawn_out_words_are_shortened(name: str, read: str) -> None:
    assert read_as(name) == read
