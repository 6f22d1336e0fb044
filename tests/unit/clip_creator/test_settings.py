from clip_creator.settings import ClipSettings


def test_lookups_are_up_to_half_a_minute_apart():
    polling = ClipSettings(poll_seconds=5.0).polling()
    assert [polling.wait_seconds(attempt) for attempt in (1, 2, 3, 4, 5, 10_000)] == [5.0, 10.0, 20.0, 30.0, 30.0, 30.0]


def test_a_longer_first_pause_is_kept():
    assert ClipSettings(poll_seconds=60.0).polling().wait_seconds(3) == 60.0


def test_hidden_words_are_those_of_the_site():
    assert ClipSettings().hidden().hides("n1gg3r")
