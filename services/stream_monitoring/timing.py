"""How often the log is committed, and every time that follows from it. All in seconds.

A standby may see no new tick from a healthy holder for as long as the wait for a commit, the commit, and the time until
its own next look. It calls the holder gone only after longer (STALLED_SECONDS). The holder waits longer still before it
reports a gap (HOLD_SECONDS), so that the standby can take over first.
"""

# A window of the job closes with the first tick after its second: an earlier commit closes none, and costs syncs.
COMMIT_SECONDS = 1.0  # of event time
LONGEST_WAIT_SECONDS = 1.5  # of a record, where a socket's late answer or a pause holds the tick
SLOW_COMMIT_SECONDS = 2.0  # on a disk that takes 20 ms for a sync, where the mean is 1.7 s; at 5 ms it is 0.3 s
ANSWER_SECONDS = 7.0  # until a call of the producer has failed: several slow commits, and still before STALLED
LOOK_SECONDS = 1.0  # between two looks of a standby at the last tick

DEAF_SECONDS = 10.0  # without an answer for so long, a socket is dead though it looks open
STALLED_SECONDS = 10.0  # ticks that stand still for so long while Kafka answers: the holder is gone or deaf
LEAST_STALLED_SECONDS = 3.0  # a commit's wait and a look, on any disk that syncs in milliseconds
FENCE_SECONDS = 2.0  # from a standby's decision until the last holder cannot commit any more
# What the other instance needs beyond STALLED_SECONDS: to see that the ticks stand still, to decide, and to fence.
TAKEOVER_SECONDS = 8.0
HOLD_SECONDS = STALLED_SECONDS + TAKEOVER_SECONDS  # how long a gap waits for the other instance's turn
# The broker aborts a transaction that is open for longer, and fences its writer. Longer than HOLD_SECONDS, so that a
# slow holder loses the lease only after the other instance could have taken it; hardly longer, because readers wait for
# the open transaction of a holder that was killed and that nobody replaces.
TRANSACTION_SECONDS = 20.0
