"""Formats IRC lines exactly as Twitch does. Lines have no line end."""

from collections.abc import Mapping
from types import MappingProxyType

from twitch_simulator.crowd.chatters import Chatter, badges

SERVER = "tmi.twitch.tv"
CAPABILITIES = ("twitch.tv/tags", "twitch.tv/commands", "twitch.tv/membership")
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\:", " ": "\\s", "\r": "\\r", "\n": "\\n"})


def escape(value: str) -> str:
    """Escape a tag value as IRCv3 defines it."""
    return value.translate(_ESCAPES)


def tagged(tags: Mapping[str, str | int], rest: str) -> str:
    """Format `@key=value;… rest` with escaped values."""
    return "@" + ";".join(f"{key}={escape(str(value))}" for key, value in tags.items()) + " " + rest


def prefix(login: str) -> str:
    """Return a user's source: `:login!login@login.tmi.twitch.tv`."""
    return f":{login}!{login}@{login}.{SERVER}"


def privmsg_parts(chatter: Chatter) -> tuple[str, str, str, str]:
    """Return the constant parts of a chatter's PRIVMSG: up to `emotes=`, `mod`, up to `tmi-sent-ts=`, up to `#`."""
    info, worn = badges(chatter.subscriber_months, chatter.moderator)
    name = escape(chatter.display_name)
    kind = "mod" if chatter.moderator else ""
    return (
        f"@badge-info={info};badges={worn};color={chatter.color};display-name={name};emotes=",
        f";mod={int(chatter.moderator)}",
        f";subscriber={int(chatter.subscriber_months > 0)};tmi-sent-ts=",
        f";turbo=0;user-id={chatter.user_id};user-type={kind} {prefix(chatter.login)} PRIVMSG #",
    )


def reply_tags(parent_id: str, parent: Chatter, parent_text: str) -> str:
    """Return the tags of a reply to another message; starts with `;`."""
    return (
        f";reply-parent-display-name={escape(parent.display_name)};reply-parent-msg-body={escape(parent_text)}"
        f";reply-parent-msg-id={parent_id};reply-parent-user-id={parent.user_id};reply-parent-user-login={parent.login}"
    )


def roomstate(login: str, channel_id: str, changed: Mapping[str, int] = MappingProxyType({})) -> str:
    """Format the room's rules, sent on joining; all are off except those in `changed`."""
    rules: dict[str, str | int] = {
        "emote-only": 0,
        "followers-only": -1,
        "r9k": 0,
        "room-id": channel_id,
        "slow": 0,
        "subs-only": 0,
    }
    return tagged(rules | dict(changed), f":{SERVER} ROOMSTATE #{login}")


def rule(login: str, channel_id: str, name: str, value: int) -> str:
    """Format the change of one of the room's rules."""
    return tagged({"room-id": channel_id, name: value}, f":{SERVER} ROOMSTATE #{login}")


def welcome(nick: str) -> list[str]:
    """Return the numerics that follow an accepted NICK."""
    here = f":{SERVER}"
    return [
        f"{here} 001 {nick} :Welcome, GLHF!",
        f"{here} 002 {nick} :Your host is {SERVER}",
        f"{here} 003 {nick} :This server is rather new",
        f"{here} 004 {nick} :-",
        f"{here} 375 {nick} :-",
        f"{here} 372 {nick} :You are in a maze of twisty passages, all alike.",
        f"{here} 376 {nick} :>",
    ]


def joined(nick: str, login: str) -> list[str]:
    """Return the echo of a JOIN and the list of names, which on Twitch contains only oneself."""
    here = f":{nick}.{SERVER}"
    return [
        f"{prefix(nick)} JOIN #{login}",
        f"{here} 353 {nick} = #{login} :{nick}",
        f"{here} 366 {nick} #{login} :End of /NAMES list",
    ]


def parted(nick: str, login: str) -> str:
    """Return the echo of a PART."""
    return f"{prefix(nick)} PART #{login}"


def notice(text: str, login: str = "*", notice_id: str = "") -> str:
    """Format a NOTICE to a room, or to the connection if `login` is `*`."""
    target = login if login == "*" else f"#{login}"
    rest = f":{SERVER} NOTICE {target} :{text}"
    return tagged({"msg-id": notice_id}, rest) if notice_id else rest


def usernotice(
    chatter: Chatter,
    *,
    login: str,
    channel_id: str,
    notice_id: str,
    sent_at: int,
    kind: str,
    system_text: str,
    parameters: Mapping[str, str | int],
    text: str = "",
) -> str:
    """Format a USERNOTICE of `kind` (`raid`, `sub`, …); `parameters` become `msg-param-*` tags."""
    info, worn = badges(chatter.subscriber_months, chatter.moderator)
    tags: dict[str, str | int] = {"badge-info": info, "badges": worn, "color": chatter.color}
    tags |= {"display-name": chatter.display_name, "emotes": "", "flags": "", "id": notice_id, "login": chatter.login}
    tags |= {"mod": int(chatter.moderator), "msg-id": kind}
    tags |= {f"msg-param-{name}": value for name, value in parameters.items()}
    tags |= {"room-id": channel_id, "subscriber": int(chatter.subscriber_months > 0), "system-msg": system_text}
    tags |= {"tmi-sent-ts": sent_at, "user-id": chatter.user_id, "user-type": "mod" if chatter.moderator else ""}
    return tagged(tags, f":{SERVER} USERNOTICE #{login}" + (f" :{text}" if text else ""))


def clearchat(login: str, channel_id: str, sent_at: int, target: Chatter | None = None, seconds: int = 0) -> str:
    """Format a CLEARCHAT: a timeout of `target` for `seconds`, a ban with 0; without `target` the whole chat."""
    tags: dict[str, str | int] = {"ban-duration": seconds} if target and seconds else {}
    tags |= {"room-id": channel_id} | ({"target-user-id": target.user_id} if target else {}) | {"tmi-sent-ts": sent_at}
    return tagged(tags, f":{SERVER} CLEARCHAT #{login}" + (f" :{target.login}" if target else ""))


def clearmsg(login: str, channel_id: str, sent_at: int, author_login: str, message_id: str, text: str) -> str:
    """Format the deletion of one message."""
    tags: dict[str, str | int] = {
        "login": author_login,
        "room-id": channel_id,
        "target-msg-id": message_id,
        "tmi-sent-ts": sent_at,
    }
    return tagged(tags, f":{SERVER} CLEARMSG #{login} :{text}")


RECONNECT = f":{SERVER} RECONNECT"
PING = f"PING :{SERVER}"


def pong(payload: str) -> str:
    """Format the answer to a client's PING."""
    return f":{SERVER} PONG {SERVER} :{payload}"


def untagged(line: str) -> str:
    """Return the line without tags, for a client that did not request them."""
    return line.partition(" ")[2] if line.startswith("@") else line
