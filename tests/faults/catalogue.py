"""The faults that are injected into one shared system, one after the other."""

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
RATE_LIMITED_SECONDS = 60
LOSS = 0.2
LINK_FAULTS: tuple[tuple[str, Mode, int], ...] = (
    ("cut", "cut", CUT_SECONDS),
    ("half-open", "half_open", LINK_SECONDS),
    ("at 256 kbit/s", "slow", LINK_SECONDS),
    ("with a fifth of its packets lost", "lossy", LINK_SECONDS),
)
FLAPPING = 3  # channels, other than those of the bursts


@dataclass(frozen=True)
class FaultPoints:
    """Where faults can be injected: the link, the disks, and packets on Kafka's port."""

    link: Link | None = None
    spool: Disk | None = None
    kafka: Disk | None = None
    to_kafka: Packets = field(default_factory=lambda: Packets(0))


def catalogue(points: FaultPoints) -> list[Fault]:
    """Return all faults."""
    everything = Fault(
        "kill -9 of all at once",
        lambda world: world.kill_at_once((*KILLED, "emote_counter")),
        stops_reader=True,
        stops_page=True,
    )
    return [everything, *kills(), *disks(points), *servers(), *links(points.link), *packets(points), *twitch()]


def kills() -> list[Fault]:
    """Return a kill -9 of each program."""
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
    """Return a stop of each server."""
    return [
        away("Postgres", ["postgres"], stops_page=True),
        away("Redis", ["redis"]),
        away("Kafka", ["kafka"]),
        away("machine A rebooted: Postgres, Redis, page", ["postgres", "redis", "api_frontend"], stops_page=True),
    ]


def away(what: str, names: list[str], stops_page: bool = False) -> Fault:
    """Return a fault that stops programs and starts them again."""

    def stop(world: World) -> None:
        for name in reversed(names):
            world.system.stop_program(name)

    def start(world: World) -> None:
        for name in names:
            world.system.start_program(name)

    return Fault(f"{what} away for {AWAY_SECONDS} s", stop, start, AWAY_SECONDS, stops_page=stops_page)


def links(link: Link | None) -> list[Fault]:
    """Return the faults of the link from machine B's programs to Postgres on machine A; the page is on A's side."""

    def set_mode(mode: Mode) -> Act:
        return lambda _: link and link.set_mode(mode)

    return [
        Fault(f"link to A {how} for {seconds} s", set_mode(mode), set_mode("open"), seconds, why_not=why_no_link())
        for how, mode, seconds in LINK_FAULTS
    ]


def disks(points: FaultPoints) -> list[Fault]:
    """Return the full disks."""
    return [
        Fault(
            f"{whose} disk full for {FULL_SECONDS} s",
            lambda _, disk=each: disk.fill(),
            lambda _, disk=each: disk.free(),
            FULL_SECONDS,
            why_not=why_no_disk(),
        )
        for whose, each in (("the spool's", points.spool), ("Kafka's", points.kafka))
    ]


def packets(points: FaultPoints) -> list[Fault]:
    """Return the faults of silently lost packets."""
    return [
        Fault(
            f"{what} for {LINK_SECONDS} s",
            lambda _, path=path, share=share: path.drop(share),
            lambda _, path=path: path.restore(),
            LINK_SECONDS,
            why_not=why_no_packets(),
        )
        for what, path, share in (
            ("20 % of the packets to Kafka lost", points.to_kafka, LOSS),
            ("no packet to or from Kafka arrives", points.to_kafka, 1.0),
        )
    ]


def order(action: str, **fields: object) -> Act:
    """Return an act that sends an order to the simulator."""
    return lambda world: world.control(action, **fields)


def twitch() -> list[Fault]:
    """Return the faults of Twitch."""
    return [
        Fault(
            "Twitch silent on its sockets for 20 s",
            order("silence", socket="all", seconds=20),
            seconds=20,
            stops_reading=True,
        ),
        Fault("RECONNECT on all", order("reconnect", close_after_seconds=5), seconds=5, stops_reading=True),
        Fault(
            "resets every 3 s",
            again=order("drop", all=True, abort=True),
            seconds=20,
            every_seconds=3,
            stops_reading=True,
        ),
        Fault("token revoked", order("revoke"), order("restore"), seconds=20),
        Fault(f"429 for {RATE_LIMITED_SECONDS} s", rate_limit, lift_rate_limit, RATE_LIMITED_SECONDS),
        Fault("a clip that never appears", order("never_appear", count=1), order("never_appear", count=0), seconds=40),
        Fault("streams that flap", again=flap, end=go_live, seconds=32, every_seconds=4),
    ]


def rate_limit(world: World) -> None:
    """Answer every request to Helix with 429."""
    for endpoint in ("clips", "streams", "users"):
        world.control("helix_fault", endpoint=endpoint, status=429, count=10_000)


def lift_rate_limit(world: World) -> None:
    """Let Helix answer again."""
    for endpoint in ("clips", "streams", "users"):
        world.control("helix_fault", endpoint=endpoint, count=0)


def flapping(world: World) -> dict[str, bool]:
    """Return the flapping channels and whether each is live."""
    state = world.http.get(world.system.url("simulator_http") + "/control/state").json()
    return {each["login"]: each["live"] for each in state["channels"][:FLAPPING]}


def flap(world: World) -> None:
    """Take the live ones offline and the offline ones live."""
    for login, live in flapping(world).items():
        world.control("stream", login=login, live=not live)


def go_live(world: World) -> None:
    """Take all of them live."""
    for login in flapping(world):
        world.control("stream", login=login, live=True)
