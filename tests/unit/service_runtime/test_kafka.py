"""A Kafka client says nothing of its own while the broker is away: the service says once what it means."""

import subprocess
import sys

from embedded.processes.ports import free_ports

PROGRAM = """
import sys
from confluent_kafka import Producer
from service_runtime.kafka import producer_config
from service_runtime.settings import KafkaSettings
heard = []
producer = Producer(producer_config(KafkaSettings(bootstrap_servers=sys.argv[1]), error_cb=heard.append))
while not heard:
    producer.poll(0.1)
print(heard[0].code())
"""


def test_a_broker_that_is_away_fills_no_log() -> None:
    (port,) = free_ports(1)
    command = [sys.executable, "-c", PROGRAM, f"127.0.0.1:{port}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.startswith("-")  # librdkafka's own errors are negative
    assert done.stderr == ""
