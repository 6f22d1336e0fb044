"""Lost after a fault: messages outside of every gap, and those stored before the capture died."""

from faults.recount import FaultWindow, Log, is_excused, unread_seconds

from contracts.chat_messages import Coverage

ENVELOPE = {"schema_version": 1, "channel_id": "1", "received_at": 0, "instance": "x"}


def log(*records: Coverage) -> Log:
    found = Log()
    for each in records:
        found.add(each)
    return found


def gap(from_at: int, until_at: int) -> Coverage:
    return Coverage(**ENVELOPE, sent_at=from_at, event="gap", gap_from_at=from_at, gap_until_at=until_at)


def sent(at: int) -> dict[str, object]:
    return {"message_id": "m", "channel_id": "1", "sent_at": at}


def test_a_message_outside_of_every_gap_is_lost() -> None:
    window, found = FaultWindow(0, 100_000), log(gap(10_000, 20_000))
    assert is_excused(sent(15_000), found, window)
    assert not is_excused(sent(9_000), found, window)
    assert not is_excused(sent(22_000), found, window)


def test_a_gap_does_not_excuse_what_was_stored_before_a_kill() -> None:
    window, found = FaultWindow(0, 100_000, reader_died_at=12_000), log(gap(10_000, 20_000))
    assert not is_excused(sent(11_000), found, window)
    assert is_excused(sent(11_800), found, window)


def test_a_channel_that_is_not_wanted_needs_no_gap() -> None:
    left, joined = (Coverage(**ENVELOPE, sent_at=at, event=event) for at, event in ((5_000, "left"), (9_000, "joined")))
    found = log(left, joined)
    assert found.is_gap("1", 6_000, 7_000)
    assert not found.is_gap("1", 11_000, 12_000)
    assert log(left).is_gap("1", 60_000, 61_000)


def test_gap_seconds_are_counted_once_within_the_window() -> None:
    assert log(gap(10_000, 20_000), gap(15_000, 25_000)).gap_seconds(FaultWindow(12_000, 100_000)) == 13.0


def test_a_second_in_two_gaps_is_one_unread_second() -> None:
    assert unread_seconds([(1_000, 4_000), (3_000, 5_500), (9_000, 9_000)]) == 4.5
    assert unread_seconds([]) == 0.0
