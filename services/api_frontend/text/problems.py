"""Says what is wrong with a request, to someone who typed an address or pressed a link."""

from http import HTTPStatus

from api_frontend.translation import _, marked

SHOWN_CHARACTERS = 40  # of what somebody sent
NOT_FOUND = marked("There is no page at this address.")
NOT_ALLOWED = marked("This address cannot be used in this way.")
BAD_CURSOR = marked("This place in the list is not known. Start again at its beginning.")
PLAIN = {  # instead of what the framework says
    HTTPStatus.NOT_FOUND: ("Not Found", NOT_FOUND),
    HTTPStatus.METHOD_NOT_ALLOWED: ("Method Not Allowed", NOT_ALLOWED),
}
MESSAGES = {  # by the parameter's name
    "from": marked("The time “%(sent)s” is not one that we understand. Write it like 2026-11-22T17:00."),
    "until": marked("The time “%(sent)s” is not one that we understand. Write it like 2026-11-22T17:00."),
    "channel": marked("“%(sent)s” is not a name that a channel can have."),
    "login": marked("“%(sent)s” is not a name that a channel can have."),
    "q": marked("This is too long, or not a text that can be searched for."),
    "game": marked("“%(sent)s” is not a game that we know."),
    "language": marked("“%(sent)s” is not the code of a language, such as en or de."),
    "lang": marked("“%(sent)s” is not a language of this site. There are en and de."),
    "tz": marked("“%(sent)s” is not a time zone that we know. Write one such as Europe/Berlin."),
    "period": marked("“%(sent)s” is not a period that we know. There are hour, today, yesterday, week and all."),
    "order": marked("“%(sent)s” is not an order that we know. There are newest and best."),
    "sort": marked("“%(sent)s” is not an order that we know. There are best and time."),
    "rarity": marked("“%(sent)s” is not a rarity that we know. There are hour, day, week and month."),
    "mood": marked("“%(sent)s” is not a mood that we know."),
    "cause": marked("“%(sent)s” is not a cause that we know."),
    "limit": marked("A page can have 1 to 100 moments, not “%(sent)s”."),
    "clips": marked("“clips” can be 1 or 0, not “%(sent)s”."),
    "shadow": marked("“shadow” can be 1 or 0, not “%(sent)s”."),
    "since": marked("“%(sent)s” is not a place in the news. Leave it out to hear what is new from now on."),
    "time": marked("Choose a time that ends after it begins and is at most 62 days long."),
    "ids": marked("These are more moments than one page can show."),
}


def as_sent(value: object) -> str:
    """Return the beginning of what was sent, without characters that change how the text around it reads."""
    text = "".join(each if each.isprintable() else "�" for each in str("" if value is None else value))
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def no_channel(name: str) -> str:
    """Say that no channel has this name."""
    return _(
        "We know no channel called “%(name)s”. It is not watched, or it has not been live yet.", name=as_sent(name)
    )


def no_stream() -> str:
    """Say that a channel had no such stream."""
    return _("This channel had no such stream, or it has been removed.")


def misunderstood(parameter: str, value: object) -> str:
    """Say that a value is not understood: "The time “x” is not one that we understand."."""
    if parameter in MESSAGES:
        return _(MESSAGES[parameter], sent=as_sent(value))
    return _("“%(sent)s” is not a value that “%(name)s” can have.", sent=as_sent(value), name=as_sent(parameter))


def unknown(parameter: str, known: list[str]) -> str:
    """Say that there is no such parameter, and which there are."""
    sent, names = as_sent(parameter), ", ".join(known)
    if not names:
        return _("There is no parameter “%(sent)s” here, and no other either.", sent=sent)
    return _("There is no parameter “%(sent)s” here. There are: %(names)s.", sent=sent, names=names)


def plain(status: int, detail: str) -> str:
    """Return the message of an error; the framework's own words are replaced."""
    theirs, ours = PLAIN.get(HTTPStatus(status), ("", ""))
    return _(ours) if theirs and detail == theirs else detail
