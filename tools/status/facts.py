"""What the probes found out; ages in seconds, sizes in bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Away:
    """It was asked and gave no answer."""

    reason: str


@dataclass(frozen=True)
class Unseen:
    """It cannot be asked from this machine."""

    where: str


@dataclass(frozen=True)
class Stage:
    """A row of `pipeline_progress`: how old its event time is, and how long ago it said so."""

    behind: float
    silent: float


@dataclass(frozen=True)
class Database:
    """What Postgres knows. `old_intents`: clips asked for more than 15 minutes ago, without an outcome."""

    stages: Mapping[str, Stage] = field(default_factory=dict)
    old_intents: int = 0
    dead_letters: int = 0  # of the last day


@dataclass(frozen=True)
class Broker:
    """What Kafka's `chat-messages` ends with. None: no tick yet."""

    tick_age: float | None


@dataclass(frozen=True)
class Group:
    """A consumer group: its members now, and the records in front of it."""

    members: int
    lag: int


@dataclass(frozen=True)
class Capture:
    """An instance of stream_monitoring. `gap_seconds`: channel seconds that it could not read since its start."""

    problems: Mapping[str, str]
    tick_age: float | None
    holds: bool
    backlog: float
    gap_seconds: float


@dataclass(frozen=True)
class Job:
    """Flink's job. Its last checkpoint is None where there is none since the start."""

    state: str
    checkpoint_age: float | None = None
    checkpoint_size: float | None = None


@dataclass(frozen=True)
class Website:
    """Whether the website is ready, and what it lacks."""

    ready: bool
    problem: str = ""


@dataclass(frozen=True)
class Disk:
    """The disk below a folder."""

    folder: str
    free: float
    total: float


@dataclass(frozen=True)
class Facts:
    """Everything that was asked. `standby` is None where there is none."""

    database: Database | Away
    broker: Broker | Away
    groups: Mapping[str, Group] | Away
    capture: Capture | Away | Unseen
    standby: Capture | Away | Unseen | None
    job: Job | Away | Unseen
    website: Website | Away
    disk: Disk | Away
