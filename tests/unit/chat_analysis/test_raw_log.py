"""One raw log through the live system's own parser and through the recording: the moments are the same.

Raids, gifts, deletions by moderators, texts beside a subscription, and lines of another room (Shared Chat) included.
"""

import random
from collections import defaultdict
from pathlib import Path

import msgspec
import pytest

from chat_analysis.forms.facts import Facts
from chat_analysis.forms.system_texts import note_system_text
from chat_analysis.peak_lines import findings
from chat_analysis.recording import START, read_recording
from contracts import topics
from contracts.chat_messages import Message, Notice
from contracts.codec import decode
from contracts.moments import Moment
from moment_detection.channel import Channel, DictSlots, SecondRow
from moment_detection.detection.channel_events import FIELD, PIECE, SHORT_ID
from moment_detection.detection.detector import Detector
from moment_detection.detection.rules import RuleBook
from stream_monitoring.chat.irc_line import parse_line
from stream_monitoring.chat.parser import Context, interpret, is_relayed, message_in

RULES = RuleBook({"threshold": 4.0, "moments_per_hour": 20.0, "clips_per_hour": 6.0})
FIRST_AT = 1_795_982_400
BURSTS = (700, 1200, 1700, 2200, 2700, 3200)
TAGS = "room-id=4242;tmi-sent-ts={at};id={id}"


def line(rnd: random.Random, t: float, kind: str, text: str = "", more: str = "", user: int = 0) -> str:
    message_id = f"{rnd.getrandbits(128):032x}"
    tags = TAGS.format(at=FIRST_AT * 1000 + int(t * 1000), id=message_id)
    who = f":p{user}!p{user}@p{user}.tmi.twitch.tv" if kind == "PRIVMSG" else ":tmi.twitch.tv"
    person = f";user-id={user};emotes={'425618:0-2' if text.startswith('LUL') else ''}" if user else ""
    return f"@{tags}{person}{more} {who} {kind} #somestreamer{f' :{text}' if text else ''}"


def log(seed: int) -> list[str]:
    """An hour of chat: laughs, a raid, gifts, and a burst that a moderator clears, in order of time."""
    rnd = random.Random(seed)
    said = [(rnd.uniform(0, 3600), rnd.choice(("wow what", "lol", "!join", "LUL nice"))) for _ in range(2600)]
    texts = ("LUL LUL", "LUL he fell", "raid hype", "thanks for the subs", "LUL", "buy followers now")
    for burst, text in zip(BURSTS, texts, strict=True):
        said += [(burst + rnd.expovariate(0.2), text) for _ in range(60)]
    lines = [(t, line(rnd, t, "PRIVMSG", text, user=rnd.randrange(1, 400))) for t, text in said]
    notices = [
        (1695.0, "msg-id=raid;msg-param-viewerCount=120"),
        (2196.5, "msg-id=submysterygift;msg-param-mass-gift-count=20"),
        (2197.0, "msg-id=subgift"),
        (2500.0, "msg-id=resub"),
    ]
    lines += [(t, line(rnd, t, "USERNOTICE", more=f";{tags}", user=7)) for t, tags in notices]
    lines.append((1205.0, line(rnd, 1205.0, "USERNOTICE", "LUL seven months", ";msg-id=resub", user=8)))
    lines += [
        (t, line(rnd, t, "PRIVMSG", "LUL", ";source-room-id=777;source-id=x", user=rnd.randrange(400, 900)))
        for t in (rnd.uniform(2690, 2720) for _ in range(80))
    ]
    lines += [(3206.0, line(rnd, 3206.0, "CLEARCHAT", str(user), f";target-user-id={user}")) for user in range(1, 350)]
    deleted = next(text for t, text in lines if 705 < t < 706 and "LUL" in text).partition(";id=")[2][:32]
    lines.append((707.0, line(rnd, 707.0, "CLEARMSG", "LUL", f";login=x;target-msg-id={deleted}")))
    return [text for _, text in sorted(lines)]


def records(lines: list[str]) -> list[Message | Notice]:
    """Return what stream_monitoring makes of the lines, each chatter under the own id."""
    context = Context("a", lambda user_id: user_id, {"somestreamer": "4242"})
    found: list[Message | Notice] = []
    for text in lines:
        parsed = parse_line(text.encode())
        if is_relayed(parsed, context):
            continue
        record = interpret(parsed, context)
        assert isinstance(record, Message | Notice)
        found.append(record)
        if isinstance(record, Notice) and (message := message_in(record, parsed, context)):
            found.append(message)
    return found


def row(second: int, group: list[Message | Notice]) -> SecondRow:
    """Return a second as the job's SQL makes it."""
    messages = [each for each in group if isinstance(each, Message)]
    pieces = [
        FIELD.join((each.chatter, each.message_id[:SHORT_ID], msgspec.json.encode(each.emotes).decode(), each.text))
        for each in messages
    ]
    events = [
        FIELD.join((str(each.sent_at), "notice", each.notice_type, (each.target_message_id or "")[:SHORT_ID]
                    or each.target_chatter or "", str(each.amount or ""), ""))
        for each in group if isinstance(each, Notice)
    ]  # fmt: skip
    return SecondRow(
        second, len(messages), len({each.chatter for each in messages}), PIECE.join(pieces), PIECE.join(events)
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_raw_log_has_the_moments_of_the_live_system(tmp_path: Path, seed: int) -> None:
    lines = log(seed)
    seconds: dict[int, list[Message | Notice]] = defaultdict(list)
    for record in records(lines):
        seconds[record.sent_at // 1000].append(record)
    first = min(seconds)
    channel, live = Channel("one", Detector(*RULES.of("one")), DictSlots()), dict[str, Moment]()
    for second, group in sorted(seconds.items()):
        for _, result in channel.row(row(START + second - first, group)):
            if result.topic == topics.MOMENTS.name:
                moment = decode(result.topic, result.value)
                live[moment.moment_id] = moment
    path = tmp_path / "one.log"
    path.write_text("\n".join(lines), encoding="utf-8")
    recording = read_recording(path, lambda _: None)
    recorded = [each for each in findings(recording, RULES) if isinstance(each, Moment)]
    assert recorded == list(live.values())
    causes = {tuple(each.causes) for each in recorded}
    assert ("raid",) in causes
    assert any("gifts" in each for each in causes)
    assert recording.facts.relayed == 80
    assert len(recorded) >= 5


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("120 raiders from Someone have joined!", ("raid", 120)),
        ("Ann is gifting 20 Tier 1 Subs to Someone's community! They've gifted a total of 50!", ("submysterygift", 20)),
        ("Ann gifted a Tier 1 sub to Bob! They have given 9 Gift Subs in the channel!", ("subgift", 1)),
        ("Ann subscribed with Prime. They've subscribed for 7 months!", None),
    ],
)
def test_twitchs_own_sentences_are_no_messages(text: str, event: tuple[str, int] | None) -> None:
    facts = Facts("any")
    assert note_system_text(text, 12.5, facts)
    assert [(each.name, each.amount) for each in facts.events] == ([event] if event else [])
    assert facts.notices == 1


@pytest.mark.parametrize("text", ["raiders from everywhere have joined", "he gifted a car", "I subscribed yesterday"])
def test_people_may_write_alike(text: str) -> None:
    assert not note_system_text(text, 1.0, Facts("any"))
