"""Says in plain words what was up and what was not, and what an outage cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

from api_frontend.data.uptime.days import Day
from api_frontend.data.uptime.record import BRIDGED_MS, Outage, PartRecord, UptimeRecord
from api_frontend.data.uptime.timeline import Piece, Span, overlap
from api_frontend.text.durations import duration_text
from api_frontend.translation import _, marked, ngettext, number
from contracts import kept
from contracts.uptime import Part

TITLES = {
    Part.WEBSITE: marked("Website"),
    Part.CHAT: marked("Reading chat"),
    Part.MOMENTS: marked("Finding moments"),
    Part.CLIPS: marked("Making clips"),
    Part.DISCORD: marked("Discord bot"),
}
STATES = {"up": marked("Works"), "down": marked("Down"), "unknown": marked("Not known")}
COST = {  # of an outage that is over, and of one that goes on
    Part.WEBSITE: (
        marked("Pages could not be opened. Chat is read and moments are found without the website."),
        marked("Pages cannot be opened. Chat is read and moments are found without the website."),
    ),
    Part.CHAT: (
        marked("Chat was not read: moments of this time are missing, and do not come back."),
        marked("Chat is not read: moments of this time will be missing."),
    ),
    Part.CLIPS: (
        marked("No clips were made. Moments of this time have none, and link to the recording where there is one."),
        marked("No clips are made. Moments of this time get none, and link to the recording where there is one."),
    ),
    Part.DISCORD: (
        marked("Discord servers were told nothing. Streams that still ran were announced afterwards."),
        marked("Discord servers are told nothing. Streams that still run are announced afterwards."),
    ),
}
LATE = (
    marked("New moments came late: chat was kept, and they were found afterwards. None was lost."),
    marked("New moments come late: chat is kept, and they are found afterwards."),
)
LATE_AS_FAR = (
    marked("New moments came late: as far as chat was read meanwhile it was kept, and they were found afterwards."),
    marked("New moments come late: as far as chat is read meanwhile it is kept, and they are found afterwards."),
)
TOO_LONG = marked("Chat is kept for %(hours)s hours: moments of the time before are missing.")
DAYS = {  # by kind of day
    "before": marked("before the record began"),
    "unknown": marked("not watched"),
    "partly": marked("no outage, %(time)s not watched"),
    "down": marked("down for %(time)s"),
    "up": marked("no outage"),
}
HOUR_MS = 3_600_000
UNWATCHED_MS = HOUR_MS  # of a day; less is a restart
SECOND_MS = 1000


@dataclass(frozen=True)
class ShownOutage:
    """Outages that were one: their parts, and what they cost."""

    titles: str
    span: Span
    goes_on: bool
    in_work: bool
    costs: list[str]


def share_text(part: PartRecord) -> str:
    """Write which share of the watched time a part was up; never rounded up, so that 100 % means no outage."""
    if not part.sums.watched:
        return ""
    percent = floor(10_000 * part.sums.up / part.sums.watched) / 100
    return _("%(percent)s%%", percent=number(percent, 0 if percent == 100 else 2))


def length_text(milliseconds: int) -> str:
    """Write a length: "40 s", "12 min", "3 h 05 min"."""
    seconds = round(milliseconds / SECOND_MS)
    return _("%(seconds)s s", seconds=seconds) if seconds < 60 else duration_text(seconds)


def kind(day: Day) -> str:
    """Return how a day is drawn."""
    if not day.is_recorded:
        return "before"
    if day.sums.down:
        return "down"
    if not day.sums.up:
        return "unknown"
    return "partly" if day.sums.unknown > UNWATCHED_MS else "up"


def day_words(day: Day) -> str:
    """Say what was on a day."""
    name = kind(day)
    time = length_text(day.sums.down if name == "down" else day.sums.unknown)
    words = _(DAYS[name], time=time)
    return f"{words}, {_('planned work')}" if day.has_work else words


def days_summary(days: Sequence[Day]) -> str:
    """Count the days of each kind, for who does not see the bars."""
    counts = {name: sum(kind(day) == name for day in days) for name in ("up", "partly", "down", "unknown", "before")}
    texts = [
        ngettext("%(num)s day without an outage", "%(num)s days without an outage", counts["up"] + counts["partly"]),
        ngettext("%(num)s day with an outage", "%(num)s days with an outage", counts["down"]),
        ngettext("%(num)s day not watched", "%(num)s days not watched", counts["unknown"]),
        ngettext("%(num)s day before the record began", "%(num)s days before the record began", counts["before"]),
    ]
    numbers = (counts["up"] + counts["partly"], counts["down"], counts["unknown"], counts["before"])
    return ", ".join(text for text, count in zip(texts, numbers, strict=True) if count)


def figures(part: PartRecord) -> str:
    """Say how often a part was down and for how long, and what was not watched."""
    outages = len(part.outages)
    texts = [
        ngettext(
            "%(num)s outage, %(time)s in all",
            "%(num)s outages, %(time)s in all",
            outages,
            time=length_text(part.sums.down),
        )
        if outages
        else _("no outage")
    ]
    if part.sums.unknown > UNWATCHED_MS:
        texts.append(_("%(time)s not watched", time=length_text(part.sums.unknown)))
    return ", ".join(texts)


def overall(record: UptimeRecord) -> str:
    """Say what is up now."""
    known = [part for part in record.parts.values() if part.began is not None]
    down = [_(TITLES[part.part]) for part in known if part.state == "down"]
    if down:
        return _("Down now: %(parts)s.", parts=", ".join(down))
    if not any(part.state == "up" for part in known):
        return _("Nobody knows what works now: the watcher has noted nothing in the last minutes.")
    if all(part.state == "up" for part in known):
        return _("Everything works.")
    unknown = [_(TITLES[part.part]) for part in known if part.state == "unknown"]
    return _("What is known works. Not known now: %(parts)s.", parts=", ".join(unknown))


def cost(outage: Outage, chat: Sequence[Piece]) -> list[str]:
    """Say what an outage cost. `chat`: when chat was read, which decides whether late moments are lost."""
    if outage.part is not Part.MOMENTS:
        return [_(COST[outage.part][outage.goes_on])]
    read = overlap((span for state, span in chat if state == "up"), outage.span)
    is_all = read >= outage.span.length - BRIDGED_MS
    texts = [_((LATE if is_all else LATE_AS_FAR)[outage.goes_on])]
    if outage.span.length > kept.WORDS_HOURS * HOUR_MS:
        texts = [_(LATE_AS_FAR[outage.goes_on]), _(TOO_LONG, hours=kept.WORDS_HOURS)]
    return texts


def belongs(outage: Outage, other: ShownOutage) -> bool:
    """Return whether both began and ended together."""
    together = outage.goes_on == other.goes_on and outage.in_work == other.in_work
    return together and all(abs(a - b) <= BRIDGED_MS for a, b in zip(outage.span, other.span, strict=True))


def shown_outages(record: UptimeRecord, most: int) -> list[ShownOutage]:
    """Put together what was one outage, the newest first."""
    chat = record.parts[Part.CHAT].pieces
    found: list[ShownOutage] = []
    for outage in record.outages:
        title, costs = _(TITLES[outage.part]), cost(outage, chat)
        latest = range(max(0, len(found) - len(TITLES)), len(found))  # they are in order
        same = next((number for number in latest if belongs(outage, found[number])), None)
        if same is None:
            if len(found) == most:
                break
            found.append(ShownOutage(title, outage.span, outage.goes_on, outage.in_work, costs))
            continue
        first = found[same]
        found[same] = ShownOutage(
            f"{first.titles}, {title}", first.span, first.goes_on, first.in_work, [*first.costs, *costs]
        )
    return found
