"""Looks up channels by login and id, and which of them are live."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from twitch_simulator.clock import WorldClock
from twitch_simulator.crowd.categories import GAMES
from twitch_simulator.crowd.channels import Broadcast, Channel, broadcast_at, viewers_at


@dataclass(frozen=True)
class StreamChange:
    """The changes made by control requests; None keeps the planned value."""

    live: bool | None = None
    broadcast: Broadcast | None = None
    title: str | None = None
    game_id: str | None = None
    viewers: int | None = None


@dataclass(frozen=True)
class Stream:
    """A live channel with what Helix reports about it."""

    channel: Channel
    broadcast: Broadcast
    title: str
    game_id: str
    viewers: int


class Directory:
    """All channels; logins and ids are unique."""

    def __init__(self, channels: Iterable[Channel], world: WorldClock, clock: Callable[[], int]) -> None:
        self.channels = list(channels)
        self.by_login = {channel.login: channel for channel in self.channels}
        self.by_id = {channel.channel_id: channel for channel in self.channels}
        self.games = dict(GAMES)
        self._world, self._clock = world, clock
        self._changes: dict[str, StreamChange] = {}

    def channel_id(self, login: str) -> str | None:
        """Return the id of a login; None if there is no such channel."""
        channel = self.by_login.get(login)
        return channel.channel_id if channel else None

    def broadcast(self, channel: Channel) -> Broadcast | None:
        """Return the channel's current broadcast; None while it is offline."""
        change = self._changes.get(channel.channel_id)
        if change is None or change.live is None:
            return broadcast_at(channel, self._clock(), self._world)
        return change.broadcast if change.live else None

    def stream(self, channel: Channel) -> Stream | None:
        """Return the channel's current stream with title, game and viewers; None while it is offline."""
        broadcast = self.broadcast(channel)
        if broadcast is None:
            return None
        change = self._changes.get(channel.channel_id, StreamChange())
        viewers = viewers_at(channel, self._world.world(self._clock())) if change.viewers is None else change.viewers
        return Stream(
            channel=channel,
            broadcast=broadcast,
            title=change.title or channel.title,
            game_id=change.game_id or channel.game_id,
            viewers=viewers,
        )

    def streams(self, of: Iterable[Channel] | None = None) -> list[Stream]:
        """Return the streams of these channels, or all, most viewers first."""
        asked = self.channels if of is None else dict.fromkeys(of)
        live = [stream for channel in asked if (stream := self.stream(channel))]
        return sorted(live, key=lambda stream: (-stream.viewers, stream.channel.channel_id))

    def live(self) -> list[Channel]:
        """Return the channels that are live."""
        return [channel for channel in self.channels if self.broadcast(channel)]

    def change(self, channel: Channel, change: StreamChange) -> Broadcast | None:
        """Change a channel's stream and return its broadcast; going live starts a new one unless one is running."""
        old = self._changes.get(channel.channel_id, StreamChange())
        if change.live and (running := self.broadcast(channel)) is not None:
            change = replace(change, broadcast=running)
        elif change.live:
            now = self._clock()
            change = replace(change, broadcast=Broadcast(f"4{channel.channel_id}{now}", f"2{now // 1000}", now))
        names = ("live", "broadcast", "title", "game_id", "viewers")
        merged = {name: getattr(old if getattr(change, name) is None else change, name) for name in names}
        self._changes[channel.channel_id] = StreamChange(**merged)
        return self.broadcast(channel)

    def rename(self, channel: Channel, login: str) -> None:
        """Give a channel another login and display name; its id stays, and its chat moves to the new room."""
        del self.by_login[channel.login]
        channel.login, channel.display_name = login, login.capitalize()
        self.by_login[login] = channel

    def game_id(self, name: str) -> str:
        """Return the id of a game by name; assign one to an unknown game."""
        for game_id, known in self.games.items():
            if known == name:
                return game_id
        new_id = str(900_000 + len(self.games))
        self.games[new_id] = name
        return new_id
