"""When a moment is raised, peaks and closes, and that nothing but the rows decides it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from moment_detection.detection.channel_events import ChannelEvent
from moment_detection.detection.detector import FORGET_SECONDS, SILENCE_SECONDS, Detector, Rules
from moment_detection.detection.outputs import CLOSED, PEAKED, RAISED, Minute, Output, Revision
from moment_detection.detection.state import pack, unpack

RULES = Rules(threshold=4.0)
BOTH = (Rules(4.0, moments_per_hour=3.0, clips_per_hour=1.0), Rules(2.0, name="lower", shadow=True))
START = 1_000_000 * 60  # a minute's first second
Row = tuple[int, int, int, tuple[ChannelEvent, ...]]


def row(second: int, messages: int, *events: ChannelEvent) -> Row:
    return (START + second, messages, messages, events)


def joined(second: int) -> ChannelEvent:
    return ChannelEvent((START + second) * 1000, "coverage", "joined")


def gap(second: int, until: int) -> ChannelEvent:
    return ChannelEvent((START + second) * 1000, "coverage", "gap", "", (START + second) * 1000, (START + until) * 1000)


def run(rows: list[Row], until: int = 2000, rules: tuple[Rules, ...] = (RULES,)) -> list[Output]:
    detector = Detector(*rules)
    outputs = [output for entry in rows for output in detector.add_second(*entry)]
    return outputs + detector.advance(START + until)


def revisions(outputs: list[Output]) -> list[Revision]:
    return [output for output in outputs if isinstance(output, Revision)]


def steady(seconds: range, messages: int = 1) -> list[Row]:
    return [row(second, messages) for second in seconds]


BURST = [row(300 + i, count) for i, count in enumerate([10, 20, 30, 8, 2])]


def test_a_burst_is_raised_at_the_crossing_peaks_and_closes() -> None:
    outputs = revisions(run([*steady(range(300)), *BURST, *steady(range(305, 400))]))
    assert [(r.number, r.at - START) for r in outputs] == [(RAISED, 301), (PEAKED, 309), (CLOSED, 334)]
    assert {r.crossed - START for r in outputs} == {301}
    assert outputs[-1].peak - START == 304  # the window's sum is highest when it holds the whole burst
    assert outputs[-1].window_chatters == 72  # 1 1 10 20 30 8 2
    assert outputs[-1].usual_chatters == 1.0


def test_the_curve_runs_from_60_s_before_the_peak_to_30_s_after() -> None:
    closed = revisions(run([*steady(range(300)), *BURST, *steady(range(305, 400))]))[-1]
    assert closed.curve_from == closed.peak - 60
    assert len(closed.messages) == len(closed.chatters) == len(closed.covered) == 91
    assert closed.messages[56:62] == [10, 20, 30, 8, 2, 1]
    assert set(closed.covered) == {1}


def test_a_minute_of_baseline_is_needed() -> None:
    assert revisions(run([*steady(range(60)), row(65, 100)])) == []
    assert revisions(run([*steady(range(71)), row(71, 100)])) == []  # the first whole window ends with the second 6
    assert revisions(run([*steady(range(72)), row(72, 100)])) != []


def test_no_second_moment_before_the_score_has_fallen() -> None:
    loud = [row(300 + i, 12) for i in range(100)]
    assert [r.number for r in revisions(run([*steady(range(300)), *loud, *steady(range(400, 450))]))] == [1, 2, 3]
    again = [*steady(range(400, 420)), row(420, 150), *steady(range(421, 500))]
    outputs = revisions(run([*steady(range(300)), *loud, *again]))
    assert [r.number for r in outputs] == [1, 2, 3, 1, 2, 3]


def test_a_quiet_second_crosses_nothing_when_the_window_shrinks() -> None:
    """A gap takes seconds out of the window, so the same chatters are suddenly many: nobody talked, no moment."""
    rows = [*steady(range(300)), row(300, 6), row(301, 0, gap(301, 306))]
    assert revisions(run(rows, until=310)) == []


def test_a_burst_between_two_gaps_is_a_moment_of_what_was_read() -> None:
    rows = [*steady(range(296)), row(296, 0, gap(296, 300)), row(300, 20), row(301, 10), row(302, 0, gap(302, 306))]
    outputs = revisions(run([*rows, *steady(range(306, 340))]))
    assert [(r.number, r.crossed - START) for r in outputs] == [(RAISED, 300), (PEAKED, 300), (CLOSED, 300)]
    assert outputs[-1].window_chatters == 31  # of the second 295, and of 300 and 301


def test_a_gap_in_a_loud_time_does_not_begin_another_moment() -> None:
    loud = [row(300 + i, 12) for i in range(160)]
    loud[30:95] = [row(330, 0, gap(330, 395))]
    assert [r.number for r in revisions(run([*steady(range(300)), *loud, *steady(range(460, 500))]))] == [1, 2, 3]


def test_seconds_of_a_gap_do_not_enter_the_baseline() -> None:
    rows = [*steady(range(300)), row(300, 0, gap(300, 800)), *steady(range(800, 830)), row(830, 40), row(831, 40)]
    outputs = revisions(run(rows))
    assert outputs[0].usual_chatters == 1.0
    assert outputs[-1].covered == [0] * 29 + [1] * 62  # peak at 831: 771 to 799 were not read


def test_read_silence_is_part_of_the_baseline() -> None:
    rows = [*steady(range(300)), row(600, 40)]
    assert revisions(run(rows))[0].usual_chatters == 294 / 588  # seconds 6 to 593, whose windows were read whole


def test_seconds_between_left_and_joined_are_not_read() -> None:
    left = ChannelEvent((START + 300) * 1000, "coverage", "left")
    rows = [*steady(range(300)), row(300, 0, left), row(700, 0, joined(700)), *steady(range(700, 720)), row(720, 40)]
    rows[-22:-20] = [row(700, 1, joined(700))]
    assert revisions(run(rows))[0].usual_chatters == 1.0


def test_the_stream_comes_from_lifecycle_and_goes_offline() -> None:
    online = ChannelEvent((START) * 1000, "lifecycle", "online", "stream-7", 123)
    outputs = revisions(run([row(0, 1, online), *steady(range(1, 300)), *BURST]))
    assert (outputs[0].stream_id, outputs[0].stream_started_at) == ("stream-7", 123)
    offline = ChannelEvent((START + 10) * 1000, "lifecycle", "offline", "stream-7", 123)
    outputs = revisions(run([row(0, 1, online), row(10, 1, offline), *steady(range(11, 300)), *BURST]))
    assert outputs[0].stream_id == ""


def test_only_completed_minutes_with_messages_are_reported() -> None:
    minutes = [m for m in run([row(5, 3), row(130, 2)], until=300) if isinstance(m, Minute)]
    assert [m.minute - START for m in minutes] == [0, 120]
    assert minutes[0].messages == [0] * 5 + [3] + [0] * 54
    assert minutes[1].chatters[10] == 2


def test_a_silent_channel_falls_asleep_and_is_forgotten() -> None:
    detector = Detector(RULES)
    detector.add_second(START, 3, 3)
    detector.advance(START + SILENCE_SECONDS - 1)
    assert detector.score.inputs().window_covered == 7
    detector.advance(START + SILENCE_SECONDS)
    assert detector.score.inputs() == (0,) * 7
    assert not detector.forgettable()
    assert len(pack(detector)) < 100
    detector.advance(START + FORGET_SECONDS)
    assert detector.forgettable()


def test_a_live_stream_is_kept_through_two_silent_days() -> None:
    detector = Detector(RULES)
    detector.add_second(START, 3, 3, (ChannelEvent(START * 1000, "lifecycle", "online", "s", 1),))
    detector.advance(START + SILENCE_SECONDS)
    assert not detector.forgettable()
    assert len(pack(detector)) < 100
    assert detector.due() == START + FORGET_SECONDS
    detector.advance(START + FORGET_SECONDS)
    assert detector.forgettable()


def rarity(*between: Row) -> int | None:
    """How rare the second of two equal bursts is; `between` come an hour into the quiet between them."""
    quiet = [row(second, 1) for second in range(305, 7300) if not any(each[0] == START + second for each in between)]
    rows = sorted([*steady(range(300)), *BURST, *quiet, *between, row(7300, 80), row(7301, 20)])
    return [each for each in revisions(run(rows, until=7400)) if each.number == CLOSED][-1].biggest_in_seconds


def test_rarity_reaches_a_higher_peak_or_the_known_past() -> None:
    assert rarity() == 7301
    assert rarity(row(4000, 200)) == 7301 - 4000
    online = ChannelEvent((START + 4000) * 1000, "lifecycle", "online", "s", 5)
    offline = ChannelEvent((START + 4005) * 1000, "lifecycle", "offline", "s", 5)
    left = ChannelEvent((START + 4010) * 1000, "coverage", "left")
    back = row(4100, 1, joined(4100))
    assert rarity(row(4000, 1, online), row(4005, 1, offline), row(4010, 0, left), back) == 7301, "nothing was on"
    assert rarity(row(4000, 1, online), row(4010, 0, left), back) == 7301 - 4011
    assert rarity(row(4000, 0, gap(4000, 4050))) == 7301
    assert rarity(row(4000, 0, gap(4000, 4100))) == 7301 - 4001


def test_only_the_highest_moments_allow_a_clip() -> None:
    rules = Rules(4.0, moments_per_hour=20.0, clips_per_hour=0.5)
    rows = sorted([*steady(range(3000)), row(3000, 40), *steady(range(3001, 3300)), row(3300, 30)])
    outputs = revisions(run([*rows, *steady(range(3301, 3600)), row(3600, 90)], 3700, (rules,)))
    assert [(each.crossed - START, each.clip) for each in outputs if each.number == PEAKED] == [
        (3000, True),
        (3300, False),
        (3600, False),  # higher, but one an hour is the most at 0.5 an hour
    ]


counts = st.sampled_from([0, 1, 1, 1, 2, 3, 5, 20, 60])


@st.composite
def logs(draw: st.DrawFn) -> list[Row]:
    """A channel's rows: steady chat, then anything, with gaps, silences and coverage records."""
    second = draw(st.integers(60, 200))
    rows = steady(range(draw(st.integers(0, 10)), second))
    for _ in range(draw(st.integers(1, 60))):
        second += draw(st.sampled_from([1, 1, 1, 1, 2, 3, 8, 40, 1000]))
        kind = draw(st.sampled_from(["", "", "", "", "joined", "left", "gap", "online"]))
        at = (START + second) * 1000
        event = {
            "joined": ChannelEvent(at, "coverage", "joined"),
            "left": ChannelEvent(at, "coverage", "left"),
            "gap": ChannelEvent(at, "coverage", "gap", "", at, at + draw(st.integers(1, 20_000))),
            "online": ChannelEvent(at, "lifecycle", "online", "s", 5),
        }.get(kind)
        rows.append(row(second, draw(counts), *([event] if event else [])))
    return rows


@given(logs(), st.data())
@settings(max_examples=100, deadline=None)
def test_interleavings_replays_and_restores_agree(rows: list[Row], data: st.DataObject) -> None:
    last = rows[-1][0] + 2000
    expected = run(rows, last - START, BOTH)
    detector, outputs = Detector(*BOTH), []
    for index, entry in enumerate(rows):
        action = data.draw(st.sampled_from(["row", "timer", "due", "replay", "restore", "forget"]))
        if action == "timer":
            outputs += detector.advance(data.draw(st.integers(detector.at, entry[0] - 1)))
        elif action == "due":
            while detector.at and detector.due() < entry[0] and not detector.forgettable():
                outputs += detector.advance(detector.due())
        elif action == "replay":
            for again in rows[max(0, index - 5) : index]:
                assert detector.add_second(*again) == []
        elif action == "restore":
            detector = unpack(pack(detector), *BOTH)
        elif action == "forget" and detector.forgettable():
            detector = Detector(*BOTH)
        outputs += detector.add_second(*entry)
    outputs += detector.advance(last)
    assert outputs == expected


@given(logs())
@settings(max_examples=100, deadline=None)
def test_revisions_come_in_order_and_one_moment_at_a_time(rows: list[Row]) -> None:
    outputs = revisions(run(rows, until=rows[-1][0] - START + 200))
    assert [r.number for r in outputs] == [1, 2, 3] * (len(outputs) // 3)
    for raised, peaked, closed in zip(outputs[::3], outputs[1::3], outputs[2::3], strict=True):
        assert raised.crossed == peaked.crossed == closed.crossed == raised.at
        assert raised.score <= peaked.score <= closed.score
        assert closed.at == closed.peak + 30
        assert closed.at <= closed.crossed + 120
