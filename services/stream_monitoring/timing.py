"""How often the log is committed, and every time that follows from it. All in seconds.

The longest silence that a healthy holder shows is a commit's wait, the commit itself and the other instance's look.
Everything that takes an instance for gone is longer than that; everything that keeps its place for it is longer still.
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
# From a standstill of the ticks until the other instance has fenced, beyond STALLED.
TAKEOVER_SECONDS = 8.0
HOLD_SECONDS = STALLED_SECONDS + TAKEOVER_SECONDS  # how long a gap waits for the other instance's turn
# The broker aborts an older transaction and fences its writer, who would give up the lease for nobody: not before
# the other instance had its turn. Readers wait no longer for a holder that was killed and has no successor.
TRANSACTION_SECONDS = 20.0
