"""Two instances and their leases in a simulated world, second by second."""

from dataclasses import dataclass, field

from hypothesis import strategies as st

from stream_monitoring.forwarding.lease import Lease, LeaseTimeouts, LeaseView, Role
from stream_monitoring.forwarding.resume import LastTick

TIMEOUTS = LeaseTimeouts(stalled_seconds=10, go_on_seconds=60, take_back_seconds=60)
JOIN_SECONDS = 4  # from a start until everything is read and that is known
LAG = 2  # of ticks, in seconds


def turns(lease: Lease, view: LeaseView, seconds: int, begin: int = 0) -> list[tuple[int, str]]:
    """Return when it would take the lease, looking at the same thing once per second."""
    looks = ((now, lease.look(now, view)) for now in range(begin, begin + seconds))
    return [(now - begin, turn) for now, turn in looks if turn is not None]


@dataclass
class Machine:
    """An instance: its process, its capture and its lease."""

    role: Role
    alive: bool = True
    deaf: bool = False
    read_since: int | None = None  # begin of its unbroken reading
    starts_at: int = 0
    lease: Lease = field(init=False)

    def __post_init__(self) -> None:
        self.lease = Lease(self.role, TIMEOUTS, is_alone=False)

    def capture(self, now: int) -> None:
        if not self.alive or self.deaf:
            self.read_since = None
        elif self.read_since is None and now - self.starts_at >= JOIN_SECONDS:
            self.read_since = now

    def switch(self, alive: bool, deaf: bool, now: int) -> None:
        if (alive and not self.alive) or (self.deaf and not deaf):
            self.starts_at = now
        if alive and not self.alive:
            self.lease = Lease(self.role, TIMEOUTS, is_alone=False)
        self.alive, self.deaf = alive, deaf

    def sees(self, last: LastTick | None, now: int) -> LeaseView:
        healthy = self.read_since is not None
        return LeaseView(
            last_tick=last,
            own_spool_id=self.role,
            read_since=self.read_since,
            own_tick=now - LAG if healthy else 0,
            healthy=healthy,
        )


@dataclass
class World:
    """Second by second: who is alive, who reads, whether Kafka answers, and what the leases decide."""

    machines: dict[str, Machine] = field(default_factory=lambda: {r: Machine(r) for r in ("holder", "standby")})  # type: ignore[arg-type]
    kafka: bool = True
    last: LastTick | None = None
    writer: str = ""
    now: int = 0
    idle_seconds: int = 0
    turns: list[tuple[int, str, str, bool]] = field(default_factory=list)

    def step(self) -> None:
        self.now += 1
        for machine in self.machines.values():
            machine.capture(self.now)
        if not self.kafka:
            for machine in self.machines.values():
                machine.lease.kafka_lost()
            self.writer = ""  # a transaction failed: it has to look again
            self.idle_seconds = 0
            return
        if self.writer and not self.machines[self.writer].alive:
            self.writer = ""
        self._look()
        self._write()

    def _look(self) -> None:
        covered = [n for n, m in self.machines.items() if m.alive and m.sees(self.last, self.now).can_continue]
        decided = []
        for name, machine in self.machines.items():
            if not machine.alive or name == self.writer:
                continue
            turn = machine.lease.look(self.now, machine.sees(self.last, self.now))
            if turn is not None:
                decided.append((name, turn))
        stalls = [self.machines[name].lease.stalled_seconds for name, turn in decided if turn != "continue"]
        assert len(stalls) == len(set(stalls)), f"both saw the same and take the lease at {self.now}: {decided}"
        for name, turn in decided:
            self.turns.append((self.now, name, turn, bool([each for each in covered if each != name])))
            if self.writer and self.writer != name:
                self.machines[self.writer].lease.fenced(self.now)
            self.writer = name

    def _write(self) -> None:
        if not self.writer:
            self.idle_seconds += bool([m for m in self.machines.values() if m.alive])
            return
        machine = self.machines[self.writer]
        before = self.last.sent_at if self.last else 0
        tick = before if machine.deaf else max(before, self.now - LAG)
        self.idle_seconds = self.idle_seconds + 1 if machine.deaf else 0
        self.last = LastTick(tick, self.writer, self.now)


@dataclass(frozen=True, kw_only=True)
class Happening:
    """After so many seconds, an instance and Kafka change their state."""

    after: int
    who: str
    alive: bool = True
    deaf: bool = False
    kafka: bool = True


happenings = st.lists(
    st.builds(
        Happening,
        after=st.integers(1, 90),
        who=st.sampled_from(["holder", "standby"]),
        alive=st.sampled_from([True, True, False]),
        deaf=st.sampled_from([False, False, True]),
        kafka=st.sampled_from([True, True, True, False]),
    ),
    max_size=8,
)


def run_world(events: list[Happening], rest: int) -> World:
    world = World()
    for event in events:
        for _ in range(event.after):
            world.step()
        world.kafka = event.kafka
        world.machines[event.who].switch(event.alive, event.deaf, world.now)
    for _ in range(rest):
        world.step()
    return world
