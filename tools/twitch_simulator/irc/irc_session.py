"""Answers one chat client's lines. Pure protocol: no sockets."""

from collections.abc import Callable
from dataclasses import dataclass

from twitch_simulator.irc import irc_lines
from twitch_simulator.irc.join_limit import JoinLimit
from twitch_simulator.irc.rooms import Connection, Rooms

SERVER_PREFIX = f":{irc_lines.SERVER}"


@dataclass(frozen=True, kw_only=True)
class SessionContext:
    """What a session needs from the rest of Twitch."""

    rooms: Rooms
    join_limit: JoinLimit
    clock: Callable[[], int]  # ms since 1970
    channel_id: Callable[[str], str | None]  # by login
    login_of_token: Callable[[str], str | None]


@dataclass
class IrcSession:
    """The state of a conversation. If `closing`, close the socket after writing the answers."""

    connection: Connection
    context: SessionContext
    closing: bool = False
    registered: bool = False
    password: str = ""

    def receive(self, line: str) -> list[str]:
        """Return the answers to one line, without line ends; answer a malformed line as Twitch does."""
        if line.startswith("@"):
            line = line.partition(" ")[2]
        command, _, rest = line.strip().partition(" ")
        handler = {
            "CAP": self._cap,
            "PASS": self._pass,
            "NICK": self._nick,
            "JOIN": self._join,
            "PART": self._part,
            "PING": self._ping,
            "PONG": self._pong,
            "QUIT": self._quit,
            "USER": self._ignore,
            "PRIVMSG": self._ignore,
        }.get(command.upper())
        if handler is not None:
            return handler(rest)
        nick = self.connection.nick or "you"
        return [f"{SERVER_PREFIX} 421 {nick} {command} :Unknown command"] if command else []

    def _cap(self, rest: str) -> list[str]:
        verb, _, names = rest.partition(" ")
        wanted = names.strip().removeprefix(":").split()
        if verb.upper() == "LS":
            return [f"{SERVER_PREFIX} CAP * LS :{' '.join(irc_lines.CAPABILITIES)}"]
        if verb.upper() != "REQ":
            return []
        if not wanted or not set(wanted) <= set(irc_lines.CAPABILITIES):
            return [f"{SERVER_PREFIX} CAP * NAK :{' '.join(wanted)}"]
        self.connection.capabilities.update(wanted)
        return [f"{SERVER_PREFIX} CAP * ACK :{' '.join(wanted)}"]

    def _pass(self, rest: str) -> list[str]:
        self.password = rest.strip().removeprefix(":")
        return []

    def _nick(self, rest: str) -> list[str]:
        if self.registered:
            return []
        nick = rest.strip().removeprefix(":").lower()
        if nick.startswith("justinfan") and nick.removeprefix("justinfan").isdigit():
            return self._welcome(nick, anonymous=True)
        if not self.password.startswith("oauth:"):
            return self._refuse("Improperly formatted auth")
        login = self.context.login_of_token(self.password.removeprefix("oauth:"))
        if login is None:
            return self._refuse("Login authentication failed")
        return self._welcome(login, anonymous=False)

    def _refuse(self, reason: str) -> list[str]:
        self.closing = True
        return [irc_lines.notice(reason)]

    def _welcome(self, nick: str, anonymous: bool) -> list[str]:
        self.connection.sign_in(nick)
        self.registered = True
        lines = irc_lines.welcome(nick)
        if not anonymous and "twitch.tv/commands" in self.connection.capabilities:
            tags: dict[str, str | int] = {"badge-info": "", "badges": "", "color": "", "display-name": nick}
            tags |= {"emote-sets": "0", "user-id": "1", "user-type": ""}
            lines.append(self._for_client(irc_lines.tagged(tags, f"{SERVER_PREFIX} GLOBALUSERSTATE")))
        return lines

    def _join(self, rest: str) -> list[str]:
        answers: list[str] = []
        if not self.registered:
            return answers
        for name in rest.strip().removeprefix(":").split(","):
            login = name.strip().removeprefix("#").lower()
            if login and self.context.join_limit.allows(self.connection.nick, self.context.clock()):
                answers += self._join_room(login)
        return answers

    def _join_room(self, login: str) -> list[str]:
        channel_id = self.context.channel_id(login)
        if channel_id is None:
            text = "This channel does not exist or has been suspended."
            return [self._for_client(irc_lines.notice(text, login, "msg_channel_suspended"))]
        if login in self.connection.channels:
            return []
        self.context.rooms.join(self.connection, login)
        answers = irc_lines.joined(self.connection.nick, login)
        if "twitch.tv/commands" in self.connection.capabilities:
            rules = self.context.rooms.rules.get(login, {})
            answers.append(self._for_client(irc_lines.roomstate(login, channel_id, rules)))
        return answers

    def _part(self, rest: str) -> list[str]:
        answers = []
        for name in rest.strip().removeprefix(":").partition(" ")[0].split(","):
            login = name.strip().removeprefix("#").lower()
            if login in self.connection.channels:
                self.context.rooms.part(self.connection, login)
                answers.append(irc_lines.parted(self.connection.nick, login))
        return answers

    def _ping(self, rest: str) -> list[str]:
        return [irc_lines.pong(rest.strip().removeprefix(":"))]

    def _pong(self, _rest: str) -> list[str]:
        self.connection.pong(self.context.clock())
        return []

    def _quit(self, _rest: str) -> list[str]:
        self.closing = True
        return []

    def _ignore(self, _rest: str) -> list[str]:
        return []

    def _for_client(self, line: str) -> str:
        return line if "twitch.tv/tags" in self.connection.capabilities else irc_lines.untagged(line)
