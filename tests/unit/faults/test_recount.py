"""What counts as lost after a fault: what no gap tells, and what the capture had when it died."""

from faults.recount import Log, Stretch, is_excused

from contracts.chat_messages import Coverage

ENVELOPE = {"schema_version": 1, "channel_id": "1", "received_at": 0, "instance": "x"}


def log(*records: Coverage) -> Log:
    found = Log()
    for each in records:
        found.add(each)
    return found


def gap(from_at: int, until_at: int) -> Coverage:
    return Coverage(**ENVELOPE, sent_at=from_at, event="gap", gap_from_at=from_at, gap_until_at=until_at)


def said(at: int) -> dict[str, object]:
    return {"message_id": "m", "channel_id": "1", "sent_at": at}


def test_a_message_outside_of_every_gap_is_lost() -> None:
    stretch, found = Stretch(0, 100_000), log(gap(10_000, 20_000))
    assert is_excused(said(15_000), found, stretch)
    assert not is_excused(said(9_000), found, stretch)
    assert not is_excused(said(22_000), found, stretch)


def test_a_gap_does_not_excuse_what_a_socket_delivered_well_before_the_capture_died() -> None:
    stretch, found = Stretch(0, 100_000, reader_died_at=12_000), log(gap(10_000, 20_000))
    assert not is_excused(said(11_000), found, stretch)
    assert is_excused(said(11_800), found, stretch)


def test_a_channel_that_is_not_wanted_needs_no_gap() -> None:
    left, joined = (Coverage(**ENVELOPE, sent_at=at, event=event) for at, event in ((5_000, "left"), (9_000, "joined")))
    found = log(left, joined)
    assert found.tells("1", 6_000, 7_000)
    assert not found.tells("1", 11_000, 12_000)
    assert log(left).tells("1", 60_000, 61_000)


def test_gap_seconds_are_counted_once_and_within_the_stretch() -> None:
    assert log(gap(10_000, 20_000), gap(15_000, 25_000)).gap_seconds(Stretch(12_000, 100_000)) == 13.0
