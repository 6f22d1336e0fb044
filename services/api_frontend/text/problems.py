"""Says what is wrong with a request, to someone who typed an address or pressed a link."""

from collections.abc import Callable
from http import HTTPStatus

SHOWN_CHARACTERS = 40  # of what somebody sent
NOT_FOUND = "There is no page at this address."
NOT_ALLOWED = "This address cannot be used in this way."
BAD_CURSOR = "This place in the list is not known. Start again at its beginning."
PLAIN = {  # instead of what the framework says
    HTTPStatus.NOT_FOUND: ("Not Found", NOT_FOUND),
    HTTPStatus.METHOD_NOT_ALLOWED: ("Method Not Allowed", NOT_ALLOWED),
}
MESSAGES: dict[str, Callable[[str], str]] = {  # by the parameter's name
    "from": lambda sent: f"The time “{sent}” is not one that we understand. Write it like 2026-11-22T17:00.",
    "until": lambda sent: f"The time “{sent}” is not one that we understand. Write it like 2026-11-22T17:00.",
    "channel": lambda sent: f"“{sent}” is not a name that a channel can have.",
    "login": lambda sent: f"“{sent}” is not a name that a channel can have.",
    "q": lambda _: "This is too long, or not a text that can be searched for.",
    "game": lambda sent: f"“{sent}” is not a game that we know.",
    "language": lambda sent: f"“{sent}” is not the code of a language, such as en or de.",
    "tz": lambda sent: f"“{sent}” is not a time zone that we know. Write one such as Europe/Berlin.",
    "period": lambda sent: f"“{sent}” is not a period that we know. There are hour, today, yesterday, week and all.",
    "order": lambda sent: f"“{sent}” is not an order that we know. There are newest and best.",
    "rarity": lambda sent: f"“{sent}” is not a rarity that we know. There are hour, day, week and month.",
    "mood": lambda sent: f"“{sent}” is not a mood that we know.",
    "cause": lambda sent: f"“{sent}” is not a cause that we know.",
    "limit": lambda sent: f"A page can have 1 to 100 moments, not “{sent}”.",
    "clips": lambda sent: f"“clips” can be 1 or 0, not “{sent}”.",
    "shadow": lambda sent: f"“shadow” can be 1 or 0, not “{sent}”.",
    "since": lambda sent: f"“{sent}” is not a place in the news. Leave it out to hear what is new from now on.",
    "ids": lambda _: "These are more moments than one page can show.",
}


def as_sent(value: object) -> str:
    """Return the beginning of what was sent, without characters that change how the text around it reads."""
    text = "".join(each if each.isprintable() else "�" for each in str("" if value is None else value))
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def no_channel(name: str) -> str:
    """Say that no channel has this name."""
    return f"We know no channel called “{as_sent(name)}”. It is not watched, or it has not been live yet."


def misunderstood(parameter: str, value: object) -> str:
    """Say that a value is not understood: "The time “x” is not one that we understand."."""
    message = MESSAGES.get(parameter)
    if message:
        return message(as_sent(value))
    return f"“{as_sent(value)}” is not a value that “{as_sent(parameter)}” can have."


def unknown(parameter: str, known: list[str]) -> str:
    """Say that there is no such parameter, and which there are."""
    return f"There is no parameter “{as_sent(parameter)}” here. There are: {', '.join(known) or 'none'}."


def plain(status: int, detail: str) -> str:
    """Return the message of an error; the framework's own words are replaced."""
    theirs, ours = PLAIN.get(HTTPStatus(status), ("", ""))
    return ours if theirs and detail == theirs else detail
