"""What Kafka's errors mean for a forwarder: another instance writes now, or begin again."""

import pytest
from confluent_kafka import KafkaError

from stream_monitoring.forwarding.transactions import FencedError, TransactionFailedError, as_failure


@pytest.mark.parametrize(
    "code",
    [KafkaError._FENCED, KafkaError._FATAL, KafkaError.PRODUCER_FENCED, KafkaError.INVALID_PRODUCER_EPOCH],
)
def test_an_error_of_a_fenced_producer_gives_up_the_lease(code: int) -> None:
    """Taken for an outage, it would be answered by fencing the other instance at once, and so on in turns."""
    assert isinstance(as_failure(KafkaError(code)), FencedError)


@pytest.mark.parametrize("code", [KafkaError._TIMED_OUT, KafkaError._ALL_BROKERS_DOWN, KafkaError._TRANSPORT])
def test_any_other_error_begins_again(code: int) -> None:
    assert isinstance(as_failure(KafkaError(code)), TransactionFailedError)
