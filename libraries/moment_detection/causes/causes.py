"""What brought people to write that was no moment of the picture: rules over a scene, readable one by one. Pure.

Each rule picks the lines that its cause explains. A cause is named where these are most of what came beyond the usual.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import sqrt
from typing import NamedTuple

from moment_detection.causes import patterns
from moment_detection.causes.patterns import Line, people
from moment_detection.causes.vocabulary import CAUSES, MOODS, Vocabulary, load
from moment_detection.detection.counters import WINDOW_SECONDS
from moment_detection.evidence.moment_context import MomentContext
from moment_detection.evidence.room_events import RoomEventKind

LEAST_PEOPLE = 4  # whose lines a cause explains; three may be friends
EXPLAINED = 0.5  # of the people beyond the usual: half of a flood is enough to name it
EXPLAINED_PART = 0.2  # of all in the window: in a loud room few are beyond the usual, and some always say "1"
EVENT_EXPLAINED = 0.3  # instead, where a notice says that it happened: a raid's people also chat
GREETING_SECONDS = 1200  # after the stream's start: many begin with a waiting picture of ten minutes and more
RAID_SECONDS = 90  # before the crossing, its lines tell of it; later its people are part of the room
RAID_BRINGS_SECONDS = 45  # before the crossing; so long it may be the raid without anybody speaking of it
RAID_VIEWERS = 5  # fewer make no crowd
RAIDERS_WRITE = 0.5  # of a raid's viewers, at most
EVENT_PART = 0.25  # of those beyond the usual whom a raid or gifts may have brought: enough to name it
GIFT_SECONDS = 45  # before the crossing; thanks come at once
GIFTS = 5  # fewer are everyday
GIFT_DRAWS = 3  # people who react to one gift, at most
MODE_SECONDS = 20  # before the crossing: a rule is spoken of at once or not at all
MODE_TALK = 0.15  # of all in the window speak of the rule
EMOTES_ONLY = 0.8  # of the lines, once emote-only is on
REACTION_SCORE = 3.0  # deviations of ordinary chat by which reactions remain beyond what a raid or gifts explain
REACTION_SHARE = 0.3  # of those beyond the usual react; of three hundred raiders a few laugh about something
ORDINARY_REACTIONS = 0.3  # of ordinary lines carry a mood: .28 to .40 of all recorded ones (make causes)
ANSCOMBE = 3 / 8  # as in the detector's score
EVENTS = ("raid", "gifts")  # they come beside a true burst as well
WELCOMING = {"raid": ("love", "hype"), "gifts": ("love", "hype", "awe")}  # moods that belong to the event


class Weighed(NamedTuple):
    """A cause and how much of what came beyond the usual it explains, 0 to 1."""

    cause: str
    share: float


class View:
    """A scene's window as the rules see it. `beyond`: people beyond the usual number."""

    def __init__(self, scene: MomentContext, words: Vocabulary) -> None:
        self.scene = scene
        self.words = words
        self.all_lines = patterns.lines_of(scene.messages)
        self.lines = [line for line in self.all_lines if line.second in scene.window]
        self.everyone = people(self.lines)
        self.usual = scene.expected_chatters * scene.sampled_share
        self.beyond = max(len(self.everyone) - self.usual, 0.0)
        self._labels: dict[str, frozenset[str]] = {}

    def labels(self, line: Line) -> frozenset[str]:
        """What the line's words stand for in causes.toml."""
        if line.text not in self._labels:
            self._labels[line.text] = self.words.labels_of(line.text)
        return self._labels[line.text]

    def saying(self, *labels: str) -> list[Line]:
        """The window's lines with one of these labels."""
        return [line for line in self.lines if not self.labels(line).isdisjoint(labels)]

    def weigh(self, lines: Iterable[Line], least: float = EXPLAINED) -> float | None:
        """The share of what is beyond the usual that these lines explain; None where it is no cause."""
        explained = len(people(lines))
        if explained < max(LEAST_PEOPLE, least * self.beyond, EXPLAINED_PART * len(self.everyone)):
            return None
        return min(explained / max(self.beyond, 1.0), 1.0)


def find(scene: MomentContext, words: Vocabulary | None = None) -> list[str]:
    """The scene's causes, the one that explains most first; ties in the order of the rules."""
    view = View(scene, words or load(CAUSES))
    found = [weighed for rule in RULES for weighed in rule(view)]
    if any(weighed.cause == "raid" for weighed in found):  # its call is copied, and its people greet
        found = [weighed for weighed in found if weighed.cause not in ("copypasta", "bots", "greetings")]
    return [weighed.cause for weighed in sorted(found, key=lambda weighed: -weighed.share)]


def may_clip(scene: MomentContext, causes: Sequence[str]) -> bool:
    """Whether it may become a clip: it has no cause, or only a raid or gifts and a crowd that reacts beyond them."""
    if not causes:
        return True
    if any(cause not in EVENTS for cause in causes):
        return False
    return reacts_beyond(scene, causes)


def reacts_beyond(scene: MomentContext, causes: Sequence[str], words: Vocabulary | None = None) -> bool:
    """Whether a burst is left without the lines that raid and gifts explain: the detector's score over reactions."""
    view = View(scene, words or load(CAUSES))
    reacting = _reactions(view, causes)
    ordinary = view.usual * ORDINARY_REACTIONS
    for last in range(scene.crossed, scene.peak + 1 + WINDOW_SECONDS):
        window = range(last - WINDOW_SECONDS + 1, last + 1)
        count = len(people(line for line in reacting if line.second in window))
        beyond = len(people(line for line in view.all_lines if line.second in window)) - view.usual
        score = 2.0 * (sqrt(count + ANSCOMBE) - sqrt(ordinary + ANSCOMBE))
        if score >= REACTION_SCORE and count >= REACTION_SHARE * beyond:
            return True
    return False


def _reactions(view: View, causes: Sequence[str]) -> list[Line]:
    moods = load(MOODS)
    welcoming = {mood for cause in causes for mood in WELCOMING.get(cause, ())}
    called = {line.key for line in patterns.echoed(view.all_lines)} if "raid" in causes else set()
    felt: dict[str, frozenset[str]] = {}
    found = []
    for line in view.all_lines:
        if line.key in called or not view.labels(line).isdisjoint(("greetings", *causes)):
            continue
        if line.text not in felt:
            felt[line.text] = moods.labels_of(line.text)
        if felt[line.text] - welcoming:
            found.append(line)
    return found


def _raid(view: View) -> Iterator[Weighed]:
    if _amount(view.scene, "raid", RAID_SECONDS) < RAID_VIEWERS:
        return
    said = [*view.saying("raid", "greetings"), *patterns.echoed(view.lines)]
    share = view.weigh(said, EVENT_EXPLAINED)
    brought = _amount(view.scene, "raid", RAID_BRINGS_SECONDS) * RAIDERS_WRITE * view.scene.sampled_share
    if share is not None:
        yield Weighed("raid", share)
    elif brought > EVENT_PART * view.beyond:
        yield Weighed("raid", EVENT_PART)


def _gifts(view: View) -> Iterator[Weighed]:
    given = _amount(view.scene, "gifts", GIFT_SECONDS)
    if given < GIFTS:
        return
    share = view.weigh(view.saying("gifts"), EVENT_EXPLAINED)
    if share is not None:
        yield Weighed("gifts", share)
    elif given * GIFT_DRAWS * view.scene.sampled_share > EVENT_PART * view.beyond:
        yield Weighed("gifts", EVENT_PART)


def _commands(view: View) -> Iterator[Weighed]:
    found = patterns.commands(view.lines, view.words)
    found["giveaway"] += patterns.keyword(view.lines, view.all_lines, view.words) + view.saying("giveaway")
    found["vote"] += patterns.votes(view.lines, view.words)
    for cause in ("giveaway", "vote", "commands"):
        share = view.weigh(found[cause])
        if share is not None:
            yield Weighed(cause, share)


def _copied(view: View) -> Iterator[Weighed]:
    cause, lines = patterns.copied(view.lines)
    share = view.weigh(lines)
    if share is not None:
        yield Weighed(cause, share)


def _mode(view: View) -> Iterator[Weighed]:
    scene = view.scene
    changes = [
        each for each in scene.room_events if each.kind == "mode" and 0 <= scene.crossed - each.second <= MODE_SECONDS
    ]  # a later one is the moderators' answer
    if not changes:
        return
    talk = len(people(view.saying("mode"))) >= max(MODE_TALK * len(view.everyone), LEAST_PEOPLE)
    emotes_only = any(each.subject == "emote_only" and each.amount for each in changes)
    lifted = any(not each.amount for each in changes)
    if talk or lifted or (emotes_only and _emotes_only(view)):
        yield Weighed("mode", EXPLAINED)


def _emotes_only(view: View) -> bool:
    messages = [each for each in view.scene.messages if each.second in view.scene.window]
    return sum(len(each.twitch_emotes) > len("[]") for each in messages) >= EMOTES_ONLY * len(messages)


def _greetings(view: View) -> Iterator[Weighed]:
    scene = view.scene
    if not scene.stream_started or scene.crossed > scene.stream_started + GREETING_SECONDS:
        return
    share = view.weigh(view.saying("greetings"))
    if share is not None:
        yield Weighed("greetings", share)


def _amount(scene: MomentContext, kind: RoomEventKind, before: int) -> int:
    return sum(each.amount for each in scene.room_events if each.kind == kind and _near(scene, each.second, before))


def _near(scene: MomentContext, second: int, before: int) -> bool:
    return scene.crossed - before <= second <= scene.peak


RULES: tuple[Callable[[View], Iterator[Weighed]], ...] = (_raid, _gifts, _commands, _mode, _greetings, _copied)
