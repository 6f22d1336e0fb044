"""What the probes found out; ages in seconds, sizes in bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class NoAnswer:
    """It was queried and did not answer."""

    reason: str


@dataclass(frozen=True)
class OnlyOn:
    """It can only be queried on another machine."""

    machine: str


@dataclass(frozen=True)
class StageProgress:
    """A row of `pipeline_progress`: the age of the stage's event time, and the time since it last reported."""

    behind: float
    silent: float


@dataclass(frozen=True)
class StoredFacts:
    """What Postgres knows. `old_intents`: clip requests older than 15 minutes without an outcome."""

    stages: Mapping[str, StageProgress] = field(default_factory=dict)
    old_intents: int = 0
    dead_letters: int = 0  # in the last 24 hours


@dataclass(frozen=True)
class Broker:
    """The age of the last tick in `chat-messages`; None if there is none yet."""

    tick_age: float | None


@dataclass(frozen=True)
class Group:
    """A consumer group: its current members and the records it has yet to read."""

    members: int
    lag: int


@dataclass(frozen=True, kw_only=True)
class Capture:
    """An instance of stream_monitoring. `gap_seconds`: channel-seconds that it could not read since its start.

    `notes`: what an operator should mend; `unknown_names`: how many of these there are, where only that is known.
    `build`: its version and commit; empty if it does not say.
    """

    problems: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    tick_age: float | None
    is_holder: bool
    backlog: float
    gap_seconds: float
    unknown_names: int = 0
    build: str = ""


@dataclass(frozen=True)
class Job:
    """Flink's newest job and its last checkpoint; None if it has made none yet."""

    state: str
    checkpoint_age: float | None = None
    checkpoint_size: float | None = None


@dataclass(frozen=True)
class EmoteCounter:
    """The counter of emotes. `tick_age`: how far it is behind; `notes`: providers that fail."""

    problems: Mapping[str, str]
    notes: Mapping[str, str]
    tick_age: float | None
    build: str = ""


@dataclass(frozen=True)
class ViewerClips:
    """Who asks for viewers' clips. `behind`: since the live channel that waits longest was asked for, in seconds."""

    problems: Mapping[str, str]
    notes: Mapping[str, str]
    behind: float | None
    build: str = ""


@dataclass(frozen=True, kw_only=True)
class DiscordBot:
    """The Discord bot. `polled_age`: since Twitch last said who is live; None before the first answer."""

    is_connected: bool
    servers: float
    followed: float
    polled_age: float | None
    build: str = ""


@dataclass(frozen=True)
class Website:
    """Whether the website is ready, and why not; the version and the commit that run, where it says them."""

    ready: bool
    problem: str = ""
    build: str = ""


@dataclass(frozen=True)
class Disk:
    """The disk that holds a folder."""

    folder: str
    free: float
    total: float


@dataclass(frozen=True, kw_only=True)
class Machine:
    """This machine's own health. None and empty: it has no such sensor, or nobody reads it.

    `throttled`: why it is slowed down now; `throttled_before`: why it was since it started; `read_ago`: how long ago
    tools/machine_health looked.
    """

    celsius: float | None = None
    throttled: tuple[str, ...] = ()
    throttled_before: tuple[str, ...] = ()
    under_voltage: float = 0.0
    disk_errors: Mapping[str, float] = field(default_factory=dict)
    read_only: tuple[str, ...] = ()
    read_ago: float | None = None
    is_raspberry_pi: bool = False


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The answers of all probes. `standby` and `discord` are None if there is none."""

    database: StoredFacts | NoAnswer
    broker: Broker | NoAnswer
    groups: Mapping[str, Group] | NoAnswer
    capture: Capture | NoAnswer | OnlyOn
    standby: Capture | NoAnswer | OnlyOn | None
    job: Job | NoAnswer | OnlyOn
    emotes: EmoteCounter | NoAnswer | OnlyOn
    viewer_clips: ViewerClips | NoAnswer | OnlyOn
    website: Website | NoAnswer
    discord: DiscordBot | NoAnswer | None = None
    disk: Disk | NoAnswer
    machine: Machine | NoAnswer = Machine()
