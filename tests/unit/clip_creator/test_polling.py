from clip_creator.settings import ClipSettings


def test_looks_at_twitch_are_up_to_half_a_minute_apart():
    polling = ClipSettings(poll_seconds=5.0).polling()
    assert [polling.wait_seconds(turn) for turn in (1, 2, 3, 4, 5, 10_000)] == [5.0, 10.0, 20.0, 30.0, 30.0, 30.0]


def test_a_longer_first_pause_stays():
    assert ClipSettings(poll_seconds=60.0).polling().wait_seconds(3) == 60.0
