"""What runs on each machine, and in which order a deploy brings it to another version."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Machine:
    """One compose file. `once`: what runs to its end first; `groups`: what is replaced together, in this order."""

    letter: str
    role: str
    file: str
    once: tuple[str, ...]
    website: str | None
    proxy: str | None
    groups: tuple[tuple[str, ...], ...]
    runs_commands: str  # the service in whose image an operator's command is run
    schema_of: str = ""  # the service in whose image the database's migrations are

    @property
    def long_running(self) -> tuple[str, ...]:
        """Every service of ours that stays."""
        return (*((self.website,) if self.website else ()), *(name for group in self.groups for name in group))


A = Machine(
    letter="A",
    role="reliable",
    file="docker-compose.reliable.yml",
    once=("roles", "migrate"),
    website="api-frontend",
    proxy="proxy",
    groups=(("discord-bot",), ("watcher",), ("stream-monitoring-standby",), ("log-source",)),
    runs_commands="migrate",
    schema_of="migrate",
)
# Who reads comes before who writes: nobody meets a record of a version that is newer than itself. The two halves of
# Flink belong together.
B = Machine(
    letter="B",
    role="processing",
    file="docker-compose.processing.yml",
    once=("kafka-init",),
    website=None,
    proxy=None,
    groups=(
        ("recorder",),
        ("clip-creator",),
        ("emote-counter",),
        ("viewer-clips",),
        ("flink-jobmanager", "flink-taskmanager"),
        ("stream-monitoring",),
        ("log-source",),
        ("log-collector",),
    ),
    runs_commands="recorder",
)
MACHINES = {machine.letter: machine for machine in (A, B)}
