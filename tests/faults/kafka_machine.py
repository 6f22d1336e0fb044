"""A machine with Kafka on a disk that can lose power; other programs may have their files on the same disk."""

import os
import signal
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import psutil
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType
from faults.disk import Disk

from contracts.topics import Topic
from embedded.processes.ports import free_ports
from embedded.servers.kafka import Kafka

ANSWER_SECONDS = 10.0


class KafkaMachine:
    """The broker is not started yet. `disk.mount`: where other programs of this machine have their files."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.disk = Disk(folder / "machine.image", folder / "machine", megabytes)
        port, controller_port = free_ports(2)
        self.kafka = Kafka(self.disk.mount / "kafka", port, controller_port)

    def cut_power(self, others: Sequence[int] = ()) -> None:
        """Freeze the broker and these processes, discard what is not synced on the disk, kill them."""
        broker = psutil.Process(self.kafka.pid)
        pids = [each.pid for each in (broker, *broker.children(recursive=True))]
        for pid in (*pids, *others):
            os.kill(pid, signal.SIGSTOP)
        self.disk.cut_power()
        for pid in others:
            os.kill(pid, signal.SIGKILL)
        self.kafka.kill()
        self.kafka.stop()

    def power_on(self) -> None:
        """Replay the disk's journal and start the broker. None of the other processes may be left."""
        self.disk.power_on()
        self.kafka.start()

    def close(self) -> None:
        """Stop the broker and delete the disk."""
        self.kafka.stop()
        self.disk.close()


def set_config(kafka: Kafka, topics: Iterable[Topic], config: Mapping[str, str]) -> None:
    """Change these settings of existing topics."""
    entries = [ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET) for name, value in config.items()]
    changes = [ConfigResource(ResourceType.TOPIC, each.name, incremental_configs=entries) for each in topics]
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap_servers})
    for answer in admin.incremental_alter_configs(changes).values():
        answer.result(ANSWER_SECONDS)
