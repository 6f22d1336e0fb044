"""The condition is the most important trouble; there is none before the machine has ever run."""

import pytest

from watcher.condition import Ages, Condition, Limits, condition_of

LIMITS = Limits(heartbeat_seconds=60.0, data_seconds=300.0)


@pytest.mark.parametrize(
    ("ages", "expected"),
    [
        (Ages(1.0, 2.0), Condition.WELL),
        (Ages(60.0, 300.0), Condition.WELL),
        (Ages(60.1, 2.0), Condition.HEARTBEAT_STOPPED),
        (Ages(1.0, 300.1), Condition.DATA_OLD),
        (Ages(4000.0, 4000.0), Condition.HEARTBEAT_STOPPED),
        (Ages(1.0, None), Condition.WELL),
        (Ages(None, None), None),
        (None, Condition.POSTGRES_AWAY),
    ],
)
def test_the_trouble_that_explains_the_others_is_returned(ages: Ages | None, expected: Condition | None) -> None:
    assert condition_of(ages, LIMITS) is expected
