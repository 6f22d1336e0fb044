"""The faults that are played on one shared system, one after the other."""

from dataclasses import dataclass, field

from end_to_end.test_kills import KILLED
from end_to_end.world import World
from faults.disk import Disk
from faults.disk import why_not as why_no_disk
from faults.link import Link, Mode
from faults.link import why_not as why_no_link
from faults.packets import Packets
from faults.packets import why_not as why_no_packets
from faults.play import Act, Fault

AWAY_SECONDS = 30
FULL_SECONDS = 20
CUT_SECONDS = 120
LINK_SECONDS = 30
BUSY_SECONDS = 60  # of 429
LOSS = 0.2
LINK_FAULTS: tuple[tuple[str, Mode, int], ...] = (
    ("cut", "cut", CUT_SECONDS),
    ("half-open", "half_open", LINK_SECONDS),
    ("at 256 kbit/s", "slow", LINK_SECONDS),
    ("with a fifth of its packets lost", "lossy", LINK_SECONDS),
)
FLAPPING = 3  # channels, not those of the bursts


@dataclass(frozen=True)
class Places:
    """Where faults can be let in: the link and the disks, and packets on Kafka's port."""

    link: Link | None = None
    spool: Disk | None = None
    kafka: Disk | None = None
    to_kafka: Packets = field(default_factory=lambda: Packets(0))


def catalogue(places: Places) -> list[Fault]:
    """All of them."""
    everything = Fault(
        "kill -9 of all at once", lambda world: world.kill_at_once(KILLED), stops_reader=True, stops_page=True
    )
    return [everything, *kills(), *disks(places), *servers(), *links(places.link), *packets(places), *twitch()]


def kills() -> list[Fault]:
    """kill -9 of each program alone."""
    return [
        Fault(
            f"kill -9 of {name}",
            lambda world, name=name: world.system.kill(name),
            stops_reader=name == "stream_monitoring",
            stops_page=name in ("api_frontend", "postgres"),
        )
        for name in KILLED
    ]


def servers() -> list[Fault]:
    """Each server stopped for a while."""
    return [
        away("Postgres", ["postgres"], stops_page=True),
        away("Redis", ["redis"]),
        away("Kafka", ["kafka"]),
        away("machine A rebooted: Postgres, Redis, page", ["postgres", "redis", "api_frontend"], stops_page=True),
    ]


def away(what: str, names: list[str], stops_page: bool = False) -> Fault:
    """Programs stopped and started again."""

    def stop(world: World) -> None:
        for name in reversed(names):
            world.system.stop_program(name)

    def start(world: World) -> None:
        for name in names:
            world.system.start_program(name)

    return Fault(f"{what} away for {AWAY_SECONDS} s", stop, start, AWAY_SECONDS, stops_page=stops_page)


def links(link: Link | None) -> list[Fault]:
    """The way from machine B's programs to Postgres on machine A; the page is on A's side of it."""

    def become(mode: Mode) -> Act:
        return lambda _: link and link.become(mode)

    return [
        Fault(f"link to A {how} for {seconds} s", become(mode), become("open"), seconds, why_not=why_no_link())
        for how, mode, seconds in LINK_FAULTS
    ]


def disks(places: Places) -> list[Fault]:
    """Disks that are full for a while."""
    return [
        Fault(
            f"{whose} disk full for {FULL_SECONDS} s",
            lambda _, disk=each: disk.fill(),
            lambda _, disk=each: disk.free(),
            FULL_SECONDS,
            why_not=why_no_disk(),
        )
        for whose, each in (("the spool's", places.spool), ("Kafka's", places.kafka))
    ]


def packets(places: Places) -> list[Fault]:
    """Packets that nobody says are lost."""
    return [
        Fault(
            f"{what} for {LINK_SECONDS} s",
            lambda _, way=way, share=share: way.lose(share),
            lambda _, way=way: way.arrive(),
            LINK_SECONDS,
            why_not=why_no_packets(),
        )
        for what, way, share in (
            ("20 % of the packets to Kafka lost", places.to_kafka, LOSS),
            ("no packet to or from Kafka arrives", places.to_kafka, 1.0),
        )
    ]


def order(action: str, **fields: object) -> Act:
    """An order to the simulator."""
    return lambda world: world.control(action, **fields)


def twitch() -> list[Fault]:
    """What Twitch does to us."""
    return [
        Fault(
            "Twitch silent on its sockets for 20 s",
            order("silence", socket="all", seconds=20),
            seconds=20,
            deafens=True,
        ),
        Fault("RECONNECT on all", order("reconnect", close_after_seconds=5), seconds=5, deafens=True),
        Fault("resets every 3 s", again=order("drop", all=True, abort=True), seconds=20, every_seconds=3, deafens=True),
        Fault("token revoked", order("revoke"), order("restore"), seconds=20),
        Fault(f"429 for {BUSY_SECONDS} s", too_many_requests, enough_requests, BUSY_SECONDS),
        Fault("a clip that never appears", order("never_appear", count=1), order("never_appear", count=0), seconds=40),
        Fault("streams that flap", again=flap, end=settle_down, seconds=32, every_seconds=4),
    ]


def too_many_requests(world: World) -> None:
    """Every request to Helix is answered with 429."""
    for endpoint in ("clips", "streams", "users"):
        world.control("helix_fault", endpoint=endpoint, status=429, count=10_000)


def enough_requests(world: World) -> None:
    """Helix answers again."""
    for endpoint in ("clips", "streams", "users"):
        world.control("helix_fault", endpoint=endpoint, count=0)


def flapping(world: World) -> dict[str, bool]:
    """The channels that flap and whether each is live."""
    state = world.http.get(world.system.url("simulator_http") + "/control/state").json()
    return {each["login"]: each["live"] for each in state["channels"][:FLAPPING]}


def flap(world: World) -> None:
    """Whoever is live goes offline, whoever is offline goes live."""
    for login, live in flapping(world).items():
        world.control("stream", login=login, live=not live)


def settle_down(world: World) -> None:
    """All are live."""
    for login in flapping(world):
        world.control("stream", login=login, live=True)
