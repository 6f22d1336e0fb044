"""What a recap says in words: how often chat erupted, what a peak is called, what an hour felt, and what happened."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from api_frontend.data.codes import mood_name
from api_frontend.data.recaps.recap import Recap
from api_frontend.data.stored_moment import StoredMoment, utc
from api_frontend.text.recording import address_at, clock_text, recording
from api_frontend.translation import _, ngettext, number
from contracts.moments import Moment
from emote_counts.reading import milliseconds
from moment_detection.lead import token
from stream_recaps.felt import RecapEmote
from stream_recaps.minutes import unread_spans

HOUR = timedelta(hours=1)
HOUR_MINUTES = 60
MOODS_SHOWN = 2  # of an hour
EMOTES_SHOWN = 4
LEAST_GAP_SECONDS = 120  # that is named; a shorter one is on the curve
Kind = Literal["title", "game", "raid", "gap"]


@dataclass(frozen=True, kw_only=True)
class NightHour:
    """An hour of the stream: its loudest second, its moments, what was felt and what was used most."""

    from_at: datetime
    people: int
    messages: int
    moments: int
    felt: str
    emotes: Sequence[RecapEmote]


@dataclass(frozen=True)
class Happening:
    """Something that happened in the stream, in words; `until_at`: of a gap."""

    at: datetime
    kind: Kind
    text: str
    until_at: datetime | None = None


def erupted_text(recap: Recap) -> str:
    """Say how often chat erupted: the page's heading."""
    times = len(recap.eruptions)
    if not times:
        return _("Chat has not erupted yet") if recap.is_live else _("A stream without an eruption")
    if times == 1:
        return _("Chat has erupted once so far") if recap.is_live else _("Chat erupted once")
    if recap.is_live:
        return _("Chat has erupted %(times)s times so far", times=number(times))
    return _("Chat erupted %(times)s times", times=number(times))


def your_chat_text(recap: Recap) -> str:
    """Say the same to the streamer, on the picture that they share."""
    times = len(recap.eruptions)
    if not times:
        return _("Your chat stayed calm")
    return _("Your chat erupted once") if times == 1 else _("Your chat erupted %(times)s times", times=number(times))


def capital(text: str) -> str:
    """Begin a text with a capital letter."""
    return text[:1].upper() + text[1:]


def peak_name(moment: Moment) -> str:
    """Name a peak in few words: "Laughter · KEKW"."""
    mood = capital(mood_name(moment.mood)) if moment.mood else _("Eruption")
    name = token(moment.evidence)
    return f"{mood} · {name}" if name else mood


def offset_text(recap: Recap, at: datetime) -> str:
    """Say when it was, as players do: "1:23:45" since the stream's start."""
    return clock_text(max(0, int((at - recap.stream.started_at).total_seconds())))


def peak_address(recap: Recap, moment: StoredMoment) -> str | None:
    """Return where a tap on a peak leads: its clip, else the recording at the clip's start; None for neither."""
    clip = moment.clip
    if clip is not None and clip.status == "made" and (clip.url or clip.embed_url):
        return clip.url or clip.embed_url
    where = recording(moment)
    if where is not None and where.address:
        return where.address
    document = moment.document
    if not recap.stream.vod_url or document.clip_from_at is None:
        return None
    begin = document.clip_from_at - milliseconds(recap.stream.started_at)
    return address_at(recap.stream.vod_url, max(0, begin // 1000))


def felt_text(moods: dict[str, float], of_moments: Counter[str]) -> str:
    """Say what an hour felt: by its emotes, else by its moments; empty where neither says anything."""
    if moods:
        shown = sorted(moods.items(), key=lambda each: -each[1])[:MOODS_SHOWN]
        return ", ".join(
            _("%(mood)s %(percent)s%%", mood=mood_name(mood), percent=number(100 * share)) for mood, share in shown
        )
    return ", ".join(mood_name(mood) for mood, _count in of_moments.most_common(MOODS_SHOWN))


def hours_of(recap: Recap) -> list[NightHour]:
    """Describe each hour since the stream's start."""
    found = []
    minutes = recap.minutes
    for place in range(-(-len(minutes) // HOUR_MINUTES)):
        begin = recap.stream.started_at + place * HOUR
        part = slice(place * HOUR_MINUTES, (place + 1) * HOUR_MINUTES)
        inside = [each for each in recap.eruptions if begin <= each.crossed_at < begin + HOUR]
        felt = recap.hours[place] if place < len(recap.hours) else None
        moods = Counter(each.mood for each in inside if each.mood)
        found.append(
            NightHour(
                from_at=begin,
                people=max(minutes.people[part]),
                messages=sum(minutes.messages[part]),
                moments=len(inside),
                felt=felt_text(felt.moods if felt else {}, moods),
                emotes=felt.emotes[:EMOTES_SHOWN] if felt else (),
            )
        )
    return found


def happenings_of(recap: Recap) -> list[Happening]:
    """Tell what happened beside the moments, in the order of time: titles, games, raids, and gaps that nobody read."""
    found = []
    for before, change in zip(recap.changes, recap.changes[1:], strict=False):
        if change.game_name != before.game_name:
            found.append(Happening(change.changed_at, "game", change.game_name))
        if change.title != before.title:
            found.append(Happening(change.changed_at, "title", change.title))
    for raid in recap.raids:
        text = _("A raid arrived")
        if raid.viewers:
            text = ngettext("A raid of %(num)s viewer arrived", "A raid of %(num)s viewers arrived", raid.viewers)
        found.append(Happening(raid.sent_at, "raid", text))
    for begin, until in unread_spans(recap.minutes):
        if until - begin >= 1000 * LEAST_GAP_SECONDS:
            at = max(utc(begin), recap.stream.started_at)
            found.append(Happening(at, "gap", _("Nobody read this chat"), utc(until)))
    return sorted(found, key=lambda each: each.at)
