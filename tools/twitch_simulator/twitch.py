"""The whole simulated Twitch: its parts, put together from the settings."""

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from uuid import uuid4

from service_runtime.clock import now_ms
from twitch_simulator.clock import Clock, TwitchClock, WorldClock
from twitch_simulator.crowd.channels import LANGUAGES, plan_channels
from twitch_simulator.crowd.chatters import make_crowd
from twitch_simulator.crowd.directory import Directory
from twitch_simulator.crowd.replay import Replay, read_recording, recorded_channel
from twitch_simulator.crowd.texts import make_pool
from twitch_simulator.delivery.delivery import Delivery
from twitch_simulator.delivery.events import Events
from twitch_simulator.delivery.rendering import Renderer
from twitch_simulator.delivery.speech import Speech
from twitch_simulator.delivery.stage import Stage
from twitch_simulator.faults import Faults
from twitch_simulator.helix.clips import Clips
from twitch_simulator.helix.helix_gate import Gate
from twitch_simulator.helix.rate_limit import RateLimit
from twitch_simulator.helix.tokens import Tokens
from twitch_simulator.irc.irc_session import Doors
from twitch_simulator.irc.join_limit import JoinLimit
from twitch_simulator.irc.rooms import Rooms
from twitch_simulator.settings import SimulatorSettings
from twitch_simulator.truth import Truth


@dataclass
class Twitch:
    """Everything that the servers and the control API work on."""

    settings: SimulatorSettings
    clock: TwitchClock
    directory: Directory
    rooms: Rooms
    doors: Doors
    faults: Faults
    truth: Truth
    delivery: Delivery
    speech: Speech
    events: Events
    stage: Stage
    clips: Clips
    tokens: Tokens
    gate: Gate
    replays: list[Replay]
    public_url: str = ""
    ports: dict[str, int] = field(default_factory=dict)


def recordings(settings: SimulatorSettings, folder: Path | None) -> dict[str, list[tuple[float, int, str]]]:
    """The recordings to replay by name. Raises OSError or ValueError with what is wrong."""
    names = [name.strip() for name in settings.replay.split(",") if name.strip()]
    if names and folder is None:
        raise ValueError("--replay needs CHAT_DATA, the folder of the recordings")
    return {name: read_recording(folder / f"{name}.jsonl.gz") for name in names} if folder else {}


def build(settings: SimulatorSettings, chat_data: Path | None = None, machine: Clock = now_ms) -> Twitch:
    """Put Twitch together. Raises OSError or ValueError where files are missing or wrong."""
    clock = TwitchClock(machine)
    world = WorldClock(clock.machine(), settings.time_scale)
    recorded = {recorded_channel(name): lines for name, lines in recordings(settings, chat_data).items()}
    generated = plan_channels(settings.seed, settings.channels, settings.always_live)
    directory = Directory(generated + list(recorded), world, clock.now)
    rooms, faults, tokens, join_limit = Rooms(clock.machine), Faults(), Tokens(clock.machine), JoinLimit()
    truth = Truth(settings.truth_file)
    rng = Random(uuid4().int)  # ids differ from run to run, chat does not
    renderer = Renderer(rng)
    delivery = Delivery(rooms, truth, faults, clock, renderer, rng)
    crowd = make_crowd(settings.seed)
    pools = {language: make_pool(settings.seed, language) for language in dict.fromkeys(LANGUAGES)}
    rates = (settings.messages_per_second, settings.bursts_per_minute)
    speech = Speech(settings.seed, rates, crowd, pools, generated, directory, world, clock, truth)
    replays = [
        Replay(channel, lines, settings.replay_speed, partial(delivery.heard, channel.login))
        for channel, lines in recorded.items()
    ]
    speech.sources += replays
    events = Events(directory, delivery, renderer, truth, clock, crowd)
    twitch = Twitch(
        settings=settings, clock=clock, directory=directory, rooms=rooms, faults=faults, truth=truth,
        doors=Doors(rooms, join_limit, clock.machine, directory.channel_id, tokens.login),
        delivery=delivery, speech=speech, tokens=tokens, replays=replays,
        events=events, stage=Stage(speech, events, directory, truth, clock, crowd),
        clips=Clips(directory, truth, faults, clock.now, lambda: twitch.public_url),
        gate=Gate(tokens, RateLimit(settings.requests_per_minute), clock.machine),
    )  # fmt: skip
    twitch.clips.delay_seconds = settings.clip_delay_seconds
    return twitch
