"""One chat, live and recorded in each form: the moments are the same, with evidence, causes, mood and clip."""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chat_analysis.moments import recorded_moment
from chat_analysis.peak_lines import PeakLine, findings, peak_lines
from chat_analysis.recording import START, read_recording
from contracts import topics
from contracts.codec import decode
from contracts.moments import Moment
from moment_detection.channel import Channel, DictSlots, SecondRow
from moment_detection.detection.channel_events import FIELD, PIECE
from moment_detection.detection.detector import Detector
from moment_detection.detection.rules import RuleBook

from .recordings import write_recording
from .test_replay import BURSTS, HOUR

RULES = RuleBook({"threshold": 4.0, "clips_per_hour": 4.0})
NAME = "one"
FIRST_AT = 1_795_982_400  # the second of the video's start
LUL = "425618"
Said = tuple[int, str, str]  # second, login, text


def chat(seed: int = 3) -> list[Said]:
    """An hour with a laugh, a vote that allows no clip, words of many people, and one burst that is not over."""
    rnd = random.Random(seed)
    times = sorted(
        [rnd.uniform(0, HOUR) for _ in range(HOUR * 7 // 10)]
        + [begins + rnd.expovariate(0.2) for number, begins in enumerate(BURSTS) for _ in range(24 + 7 * number)]
        + [HOUR + rnd.uniform(0, 6) for _ in range(90)]
    )
    texts: dict[bool, Sequence[str]] = {True: ("1", "2"), False: ("LUL", "wow what", "!join", "he fell LUL", "哈哈")}
    return [(int(at), f"user{rnd.randrange(300)}", rnd.choice(texts[BURSTS[4] < at < BURSTS[4] + 40])) for at in times]


def emotes_of(text: str) -> list[tuple[int, int]]:
    at = text.find("LUL")
    return [(at, at + 2)] if at >= 0 else []


def tag(text: str) -> str:
    return json.dumps([{"provider": "twitch", "id": LUL, "start": a, "end": b} for a, b in emotes_of(text)])


def live_moments(messages: list[Said], *, with_emotes: bool, last: int) -> list[Moment]:
    """Return each moment's last revision, from the rows that the job's SQL would make."""
    channel, by_second = Channel(NAME, Detector(*RULES.of(NAME)), DictSlots()), dict[int, list[Said]]()
    for message in messages:
        by_second.setdefault(message[0], []).append(message)
    found = dict[str, Moment]()
    for second, group in by_second.items():
        pieces = (FIELD.join((who, "", tag(text) if with_emotes else "[]", text)) for _, who, text in group)
        row = SecondRow(START + second, len(group), len({who for _, who, _ in group}), PIECE.join(pieces), None)
        for _, record in channel.row(row):
            if record.topic == topics.MOMENTS.name:
                moment = decode(record.topic, record.value)
                found[moment.moment_id] = moment
    assert last == max(by_second)
    return list(found.values())


def own(messages: list[Said], path: Path) -> Path:
    return write_recording(path / "one.jsonl", [{"t": t, "user": who, "text": text} for t, who, text in messages])


def twitch_downloader(messages: list[Said], path: Path) -> Path:
    def fragments(text: str) -> Iterator[dict[str, object]]:
        at = 0
        for first, last in emotes_of(text):
            yield {"text": text[at:first], "emoticon": None}
            yield {"text": text[first : last + 1], "emoticon": {"emoticon_id": LUL}}
            at = last + 1
        yield {"text": text[at:], "emoticon": None}

    comments = [
        {
            "content_offset_seconds": t,
            "commenter": {"_id": who},
            "message": {"body": text, "fragments": [each for each in fragments(text) if each["text"]]},
        }
        for t, who, text in messages
    ]
    (path / "one.json").write_text(json.dumps({"video": {"id": "2345678901"}, "comments": comments}), encoding="utf-8")
    return path / "one.json"


def chat_downloader(messages: list[Said], path: Path) -> Path:
    items = [
        {
            "time_in_seconds": t,
            "author": {"id": who},
            "message": text,
            "emotes": [{"id": LUL, "locations": f"{first}-{last}"} for first, last in emotes_of(text)],
        }
        for t, who, text in messages
    ]
    (path / "one.json").write_text(json.dumps(items, indent=4), encoding="utf-8-sig")
    return path / "one.json"


def raw(messages: list[Said], path: Path) -> Path:
    def line(t: int, who: str, text: str) -> str:
        emotes = f"{LUL}:" + ",".join(f"{first}-{last}" for first, last in emotes_of(text)) if emotes_of(text) else ""
        sent_at = (FIRST_AT + t) * 1000 + 123
        return f"@emotes={emotes};tmi-sent-ts={sent_at};user-id={who} :{who}!{who}@{who} PRIVMSG #one :{text}\n"

    (path / "one.log").write_text("".join(line(*each) for each in messages), encoding="utf-8")
    return path / "one.log"


def text_log(messages: list[Said], path: Path) -> Path:
    lines = [
        f"[{datetime.fromtimestamp(FIRST_AT + t, UTC):%Y-%m-%d %H:%M:%S}] #one {who}: {text}\n"
        for t, who, text in messages
    ]
    (path / "one.txt").write_text("".join(lines), encoding="utf-8")
    return path / "one.txt"


def chatterino(messages: list[Said], path: Path) -> Path:
    lines = [f"[{datetime.fromtimestamp(FIRST_AT + t, UTC):%H:%M:%S}]  {who}: {text}\n" for t, who, text in messages]
    (path / "one.log").write_text("# Start logging at 2026-11-29 20:00:00 UTC\n" + "".join(lines), encoding="utf-8")
    return path / "one.log"


WRITERS: list[tuple[Callable[[list[Said], Path], Path], bool]] = [
    (own, False),
    (twitch_downloader, True),
    (chat_downloader, True),
    (raw, True),
    (text_log, False),
    (chatterino, False),
]


@pytest.mark.parametrize(("write", "with_emotes"), WRITERS, ids=lambda each: getattr(each, "__name__", ""))
def test_a_recording_has_the_moments_of_the_live_job(tmp_path: Path, write, with_emotes: bool) -> None:
    messages = [message for message in chat() if message[0] >= 1]
    first = messages[0][0]
    if write not in (own, twitch_downloader, chat_downloader):  # logs count from their first message
        messages = [(t - first, who, text) for t, who, text in messages]
    live = live_moments(messages, with_emotes=with_emotes, last=messages[-1][0])
    recording = read_recording(write(messages, tmp_path), lambda _: None)
    recorded = [each for each in findings(recording, RULES) if isinstance(each, Moment)]
    assert recorded == live
    assert {each.revision for each in live} == {"closed", "peaked"} or live[-1].revision == "raised"
    assert {each.no_clip_reason for each in live} >= {None, "cause"}
    assert any(each.mood for each in live)
    assert any(each.evidence.emotes for each in live) == with_emotes


def test_the_lines_are_those_of_the_peaks_alone(tmp_path: Path) -> None:
    path = own(chat(), tmp_path)
    lines = [each for each in findings(read_recording(path), RULES) if isinstance(each, PeakLine)]
    assert lines == list(peak_lines(path, RULES))
    assert recorded_moment.__doc__
