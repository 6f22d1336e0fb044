"""Shared Chat: what is written in one room of a session is also shown in the others.

A relayed line has the room's own `room-id`, a new `id`, and `source-*` tags that name where it was written. The line in
the room where it was written has the same tags with its own room and id.
"""

from collections.abc import Callable, Iterator, Sequence

from twitch_simulator.crowd.channels import Channel


def tag(line: str, name: str) -> str:
    """Return a tag's raw value, "" if the line has none of that name."""
    _, found, rest = line.partition(" ")[0].replace("@", ";", 1).partition(f";{name}=")
    return rest.partition(";")[0] if found else ""


def with_source(line: str, room_id: str, message_id: str) -> str:
    """Return a line of a session as the room `room_id` shows it, under `message_id`."""
    kind, is_notice = tag(line, "msg-id"), " USERNOTICE #" in line
    is_relayed = tag(line, "room-id") != room_id
    source = f"source-badge-info={tag(line, 'badge-info')};source-badges={tag(line, 'badges')}"
    source += f";source-id={tag(line, 'id')}" + (f";source-msg-id={kind}" if is_notice else ";source-only=0")
    source += f";source-room-id={tag(line, 'room-id')}"
    if is_notice and is_relayed:
        line = line.replace(f";msg-id={kind};", ";msg-id=sharedchatnotice;", 1)
    line = line.replace(f";id={tag(line, 'id')};", f";id={message_id};", 1)
    return line.replace(f";room-id={tag(line, 'room-id')};", f";room-id={room_id};{source};", 1)


def in_room(line: str, login: str) -> str:
    """Return the line with another room as its target."""
    tags, _, rest = line.partition(" ")
    sender, command, target = rest.split(" ", 2)
    _, _, text = target.partition(" ")
    end = line[len(line.rstrip("\r\n")) :]
    return f"{tags} {sender} {command} #{login}" + (f" {text}" if text else end)


class SharedChat:
    """The running sessions. A channel takes part in one at most."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        self._new_id = new_id
        self._session: dict[str, Sequence[Channel]] = {}  # by login

    def start(self, channels: Sequence[Channel]) -> None:
        """Begin a session of these channels, which leave any other one."""
        for channel in channels:
            self.leave(channel.login)
        self._session |= {channel.login: tuple(channels) for channel in channels}

    def leave(self, login: str) -> None:
        """Take a channel out of its session; a session of one channel ends."""
        rest = [each for each in self._session.pop(login, ()) if each.login != login]
        for each in rest:
            self._session[each.login] = rest
        if len(rest) == 1:
            del self._session[rest[0].login]

    def is_open(self, login: str) -> bool:
        """Return whether the channel is in a session."""
        return login in self._session

    def copies(self, login: str, line: str) -> Iterator[tuple[str, str]]:
        """Yield (login, line) for each room that shows a line written in the room `login`."""
        for channel in self._session.get(login, ()):
            if channel.login == login:
                yield login, with_source(line, channel.channel_id, tag(line, "id"))
            else:
                yield channel.login, in_room(with_source(line, channel.channel_id, self._new_id()), channel.login)
        if login not in self._session:
            yield login, line
