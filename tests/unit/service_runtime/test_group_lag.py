"""A group's lag, from statistics as librdkafka writes them."""

import json

from service_runtime.measuring.group_lag import lag_of, lags

STATISTICS = {
    "name": "rdkafka#consumer-1",
    "topics": {
        "moments": {
            "topic": "moments",
            "partitions": {"0": {"consumer_lag": 7}, "1": {"consumer_lag": 5}, "-1": {"consumer_lag": -1}},
        },
        "clips": {"topic": "clips", "partitions": {"0": {"consumer_lag": -1}}},
    },
}


def test_partitions_are_added_up_and_unknown_ones_left_out() -> None:
    assert lags(json.dumps(STATISTICS)) == {"moments": 12}


def test_statistics_come_more_often_than_prometheus_asks() -> None:
    assert lag_of("recorder")["statistics.interval.ms"] < 15_000
