"""Builds the whole simulated Twitch from the settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from uuid import uuid4

from service_runtime.clock import now_ms
from twitch_simulator.clock import Clock, SimulatedClock, WorldClock
from twitch_simulator.crowd.channels import LANGUAGES, Channel, plan_channels
from twitch_simulator.crowd.chatters import Chatter, make_crowd
from twitch_simulator.crowd.directory import Directory
from twitch_simulator.crowd.reactions import talk_pool
from twitch_simulator.crowd.replay import Recording, Replay, read_recording, recorded_channel
from twitch_simulator.crowd.texts import ChatText, make_pool
from twitch_simulator.delivery.chat_schedule import ChatSchedule
from twitch_simulator.delivery.clipping import Clipping
from twitch_simulator.delivery.delivery import Delivery
from twitch_simulator.delivery.events import Events
from twitch_simulator.delivery.play_runner import PlayRunner
from twitch_simulator.delivery.rendering import Renderer
from twitch_simulator.delivery.shared_chat import SharedChat
from twitch_simulator.delivery.stream_changes import StreamChanges
from twitch_simulator.emotes.catalogues import Catalogues
from twitch_simulator.emotes.providers import EmoteProviders
from twitch_simulator.faults import Faults
from twitch_simulator.helix.archives import Archives
from twitch_simulator.helix.clips import Clips
from twitch_simulator.helix.helix_gate import Gate
from twitch_simulator.helix.rate_limit import RateLimit
from twitch_simulator.helix.tokens import Tokens
from twitch_simulator.helix.viewer_clips import ViewerClips
from twitch_simulator.irc.irc_session import SessionContext
from twitch_simulator.irc.join_limit import JoinLimit
from twitch_simulator.irc.rooms import Rooms
from twitch_simulator.settings import SimulatorSettings
from twitch_simulator.truth import Truth

FIRST_REFUSING = 4  # by size, from 0


@dataclass(kw_only=True)
class Twitch:
    """Everything that the servers and the control API use."""

    settings: SimulatorSettings
    clock: SimulatedClock
    directory: Directory
    rooms: Rooms
    faults: Faults
    truth: Truth
    delivery: Delivery
    chat_schedule: ChatSchedule
    events: Events
    play_runner: PlayRunner
    stream_changes: StreamChanges
    replays: list[Replay]
    crowd: list[Chatter]
    public_url: str = ""
    ports: dict[str, int] = field(default_factory=dict)
    tokens: Tokens = field(init=False)
    clips: Clips = field(init=False)
    archives: Archives = field(init=False)
    viewer_clips: ViewerClips = field(init=False)
    clipping: Clipping = field(init=False)
    editors: dict[str, list[str]] = field(default_factory=dict)  # ids, by channel
    gate: Gate = field(init=False)
    emotes: EmoteProviders = field(init=False)
    session_context: SessionContext = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = Tokens(self.clock.machine)
        self.archives = Archives(self.directory, self.clock.now)
        self.clips = Clips(
            directory=self.directory,
            truth=self.truth,
            faults=self.faults,
            clock=self.clock.now,
            base=lambda: self.public_url,
            delay_seconds=self.settings.clip_delay_seconds,
            late_every=self.settings.late_clips_every,
            vod_offset_seconds=self.settings.vod_offset_seconds,
        )
        self._let_viewers_clip()
        self.gate = Gate(self.tokens, RateLimit(self.settings.requests_per_minute), self.clock.machine)
        self.emotes = EmoteProviders(
            catalogues=Catalogues(self.settings.seed, self.directory.channels),
            directory=self.directory,
            clock=self.clock.machine,
            base=lambda: self.public_url,
            requests_per_minute=self.settings.emote_requests_per_minute,
        )
        self.session_context = SessionContext(
            rooms=self.rooms,
            join_limit=JoinLimit(),
            clock=self.clock.machine,
            channel_id=self.directory.channel_id,
            login_of_token=self.tokens.login,
        )

    def _let_viewers_clip(self) -> None:
        self.viewer_clips = ViewerClips(
            clips=self.clips, archives=self.archives, truth=self.truth, clock=self.clock.now
        )
        self.clipping = Clipping(
            clips=self.viewer_clips,
            directory=self.directory,
            clock=self.clock,
            crowd=self.crowd,
            per_burst=self.settings.viewer_clips_per_burst,
        )
        self.chat_schedule.watch_bursts(self.clipping.see)

    def set_ports(self, ports: dict[str, int]) -> None:
        """Record the ports on which the servers listen, and derive the base URL of clip links."""
        self.ports = ports
        address = f"http://{self.settings.bind_address}:{ports['http']}"
        self.public_url = self.settings.public_url.rstrip("/") or address


def recordings(settings: SimulatorSettings, folder: Path | None) -> dict[str, Recording]:
    """Return the recordings to replay by name. Raises OSError or ValueError with what is wrong."""
    names = [name.strip() for name in settings.replay.split(",") if name.strip()]
    if names and folder is None:
        raise ValueError("--replay needs CHAT_DATA, the folder of the recordings")
    return {name: read_recording(folder / f"{name}.jsonl.gz") for name in names} if folder else {}


def build(settings: SimulatorSettings, chat_data: Path | None = None, machine: Clock = now_ms) -> Twitch:
    """Build the simulation. Raises OSError or ValueError if files are missing or invalid."""
    clock, faults = SimulatedClock(machine), Faults()
    truth = Truth(settings.truth_file, settings.truth_messages_mb * 1_000_000)
    world = WorldClock(clock.machine(), settings.time_scale)
    recorded = {recorded_channel(name): lines for name, lines in recordings(settings, chat_data).items()}
    generated = plan_channels(settings.seed, settings.channels, settings.always_live)
    directory = Directory(generated + list(recorded), world, clock.now)
    faults.refuse_always(refusing_channels(generated, settings.refusing_channels_every))
    rooms, crowd = Rooms(clock.machine), make_crowd(settings.seed)
    renderer = Renderer(rng := Random(uuid4().int))  # ids differ from run to run, chat does not
    delivery = Delivery(
        rooms=rooms, truth=truth, faults=faults, clock=clock, renderer=renderer, rng=rng,
        shared_chat=SharedChat(lambda: str(uuid4())),
    )  # fmt: skip
    replays = make_replays(recorded, settings.replay_speed, delivery)
    events = Events(directory=directory, delivery=delivery, renderer=renderer, truth=truth, clock=clock, crowd=crowd)
    chat_schedule = ChatSchedule(
        seed=settings.seed, messages_per_second=settings.messages_per_second, sources=replays,
        bursts_per_minute=settings.bursts_per_minute, crowd=crowd, pools=text_pools(settings.seed, settings.lively),
        generated=generated, directory=directory, world=world, clock=clock, truth=truth, lively=settings.lively,
    )  # fmt: skip
    play_runner = PlayRunner(
        chat_schedule=chat_schedule, events=events, directory=directory, truth=truth, clock=clock, crowd=crowd,
        lively=settings.lively,
    )  # fmt: skip
    return Twitch(
        settings=settings, clock=clock, directory=directory, rooms=rooms, faults=faults, truth=truth, crowd=crowd,
        delivery=delivery, chat_schedule=chat_schedule, replays=replays, events=events, play_runner=play_runner,
        stream_changes=make_stream_changes(settings, generated, directory, chat_schedule, play_runner, clock),
    )  # fmt: skip


def make_stream_changes(
    settings: SimulatorSettings,
    generated: Sequence[Channel],
    directory: Directory,
    chat_schedule: ChatSchedule,
    play_runner: PlayRunner,
    clock: SimulatedClock,
) -> StreamChanges:
    """Make what ends and changes streams at random."""
    return StreamChanges(
        seed=settings.seed, per_minute=settings.stream_changes_per_minute, generated=generated,
        refusing=refusing_channels(generated, settings.refusing_channels_every), directory=directory,
        chat_schedule=chat_schedule, play_runner=play_runner, clock=clock,
    )  # fmt: skip


def make_replays(recorded: Mapping[Channel, Recording], speed: float, delivery: Delivery) -> list[Replay]:
    """Make what replays each recording in its channel while somebody listens."""
    return [
        Replay(channel, lines, speed, partial(delivery.has_listeners, channel.login))
        for channel, lines in recorded.items()
    ]


def refusing_channels(channels: Sequence[Channel], every: int) -> list[str]:
    """Return the ids of every Nth channel, but none of the largest, so that a demo has a clip soon."""
    return [channel.channel_id for channel in channels[FIRST_REFUSING::every]] if every else []


def text_pools(seed: int, lively: bool) -> dict[str, list[ChatText]]:
    """Draw the chat texts of every language."""
    draw = talk_pool if lively else make_pool
    return {language: draw(seed, language) for language in dict.fromkeys(LANGUAGES)}
