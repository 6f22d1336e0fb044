"""What the pages' script says: each page hands these texts over in its language, as JSON in its element "words"."""

from collections.abc import Callable
from functools import cache

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from api_frontend.reader import CURRENT
from api_frontend.text.week import SENTENCES, TIMES, TOGETHER
from api_frontend.translation import _, ngettext

Text = str | list[str]  # or its forms for one and for many
COUNT = "{count}"  # as the script writes places


def forms(say: Callable[[int], str]) -> list[str]:
    """Return a text's forms for one and for many."""
    return [say(1), say(2)]


def ages() -> dict[str, Text]:
    """Return how to say how old something is."""
    return {
        "just_now": _("just now"),
        "seconds_ago": _("%(seconds)s s ago", seconds=COUNT),
        "minutes_ago": _("%(minutes)s min ago", minutes=COUNT),
        "hours_ago": forms(lambda n: ngettext("%(num)s hour ago", "%(num)s hours ago", n, num=COUNT)),
        "days_ago": forms(lambda n: ngettext("%(num)s day ago", "%(num)s days ago", n, num=COUNT)),
        "minutes_behind": forms(lambda n: ngettext("%(num)s minute behind", "%(num)s minutes behind", n, num=COUNT)),
        "hours_behind": forms(lambda n: ngettext("%(num)s hour behind", "%(num)s hours behind", n, num=COUNT)),
        "days_behind": forms(lambda n: ngettext("%(num)s day behind", "%(num)s days behind", n, num=COUNT)),
    }


def arrivals() -> dict[str, Text]:
    """Return what is said while a page is open."""
    return {
        "clip_in": _("Clip in about %(seconds)s s", seconds="{seconds}"),
        "shown": forms(lambda n: ngettext("%(num)s new moment shown", "%(num)s new moments shown", n, num=COUNT)),
        "new": _("%(count)s new", count=COUNT),
        "new_above": _("%(count)s new above", count=COUNT),
        "connection_lost": _("The connection is lost. Trying again…"),
        "copy": _("Copy link"),
        "copied": _("Copied"),
        "not_sent": _("This did not reach the site. Please try again."),
        "next_in": _("Next in %(seconds)s s", seconds=COUNT),
    }


def curve() -> dict[str, Text]:
    """Return what a curve tells of a second."""
    return {
        "not_read_at": _("Not read at %(time)s", time="{time}"),
        "people_at": forms(
            lambda n: ngettext("%(num)s person at %(time)s", "%(num)s people at %(time)s", n, num=COUNT, time="{time}")
        ),
        "people_loudest": forms(
            lambda n: ngettext(
                "%(num)s person in the loudest second, at %(time)s",
                "%(num)s people in the loudest second, at %(time)s",
                n,
                num=COUNT,
                time="{time}",
            )
        ),
    }


def emotes() -> dict[str, Text]:
    """Return what a graph of emotes tells of a step; `list` is of what was used."""
    return {
        "number": COUNT,
        "emotes_at": _("%(time)s: %(list)s", time="{time}", list="{list}"),
        "emote_uses": _("%(name)s %(num)s", name="{name}", num=COUNT),
        "emote_people": forms(
            lambda n: ngettext(
                "%(name)s %(uses)s (%(num)s person)",
                "%(name)s %(uses)s (%(num)s people)",
                n,
                name="{name}",
                uses="{uses}",
                num=COUNT,
            )
        ),
    }


def week() -> dict[str, Text]:
    """Return how to say when a channel erupts, in the visitor's zone; `day_0` is Monday."""
    zone = _("your time")
    names = {"first": "{first}", "second": "{second}", "third": "{third}"}
    days: dict[str, Text] = {f"day_{day}": _(text, time="{time}") for day, text in enumerate(TIMES)}
    together = {f"together_{hours}": _(text, **names) for hours, text in TOGETHER.items()}
    sentences = {f"most_often_{number}": _(text, zone=zone, **names) for number, text in SENTENCES.items()}
    return days | together | sentences | {"your_time": zone}


def all_words() -> dict[str, Text]:
    """Return every text by the key that the script knows, in the reader's language."""
    return ages() | arrivals() | curve() | emotes() | week()


@cache
def written(language: str) -> Markup:
    """Write them as JSON that may stand in a page; `language` is the reader's."""
    return htmlsafe_json_dumps(all_words(), separators=(",", ":"))


def script_words() -> Markup:
    """Return the texts for the page that is being made."""
    return written(CURRENT.get().language)
