"""How far a socket has answered, when it is pinged and when it counts as deaf."""

from stream_monitoring.capture.socket_progress import DEAF_MS, QUIET_MS, SocketProgress


def test_a_quiet_socket_is_pinged_and_a_silent_one_is_deaf():
    progress = SocketProgress(opened_at=1_000, twitch_now=1_000)
    assert not progress.should_ping(1_000 + QUIET_MS - 1)
    assert progress.should_ping(1_000 + QUIET_MS)
    assert not progress.should_ping(1_001 + QUIET_MS)
    assert not progress.is_deaf(1_000 + DEAF_MS - 1)
    assert progress.is_deaf(1_000 + DEAF_MS)
    progress.pong(1_000 + DEAF_MS, 5_000)
    assert progress.answered_through == 5_000
    assert not progress.is_deaf(1_000 + DEAF_MS)


def test_a_message_proves_its_own_time_and_never_the_future():
    progress = SocketProgress(opened_at=100_000, twitch_now=100_000)
    progress.message(120_000, 105_000, twitch_now=120_000)
    assert progress.answered_through == 105_000
    progress.message(121_000, 170_000, twitch_now=121_000)
    assert progress.answered_through == 121_000


def test_a_socket_is_asked_once_since_a_time_it_has_not_answered():
    progress = SocketProgress(opened_at=1_000, twitch_now=500)
    progress.message(5_000, 4_600, twitch_now=4_700)
    assert not progress.should_ask(5_000, 4_500, now=5_050)  # a later message has answered
    assert progress.should_ask(5_200, 4_700, now=5_250)
    assert not progress.should_ask(5_200, 4_700, now=5_270)  # the answer is on its way
    assert progress.should_ask(6_200, 5_700, now=6_250)
    progress.pong(6_300, 5_750)
    assert not progress.should_ask(6_200, 5_700, now=6_310)
