import time

from service_runtime.clock import now_ms


def test_it_counts_milliseconds_since_1970():
    before = time.time()
    assert before - 0.001 <= now_ms() / 1000 <= time.time()
