"""Laws of the store, whatever comes and in whatever order it is asked."""

from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from emote_catalogue.emote import GLOBAL, PROVIDERS, CatalogueEmote, ProviderName
from emote_catalogue.lookup import Names, NamesMemory
from emote_catalogue.versions import SETTLE_MS, Version, Versions

NOW = 1_790_000_000_000
SCOPES = (GLOBAL, "1", "2")
CHANNELS = ("1", "2", "3")
catalogues = st.lists(
    st.builds(CatalogueEmote, st.sampled_from("abcd"), st.sampled_from(("KEKW", "Clap", "EZ"))),
    max_size=4,
    unique_by=(lambda emote: emote.id, lambda emote: emote.name),
)
answers = st.tuples(st.integers(0, 20_000), st.sampled_from(SCOPES), st.sampled_from(PROVIDERS), catalogues)
questions = st.lists(st.tuples(st.sampled_from(CHANNELS), st.integers(-9_000, SETTLE_MS)), max_size=4)
steps = st.lists(st.tuples(answers, questions), max_size=14)
Played = tuple[int, str, ProviderName, list[CatalogueEmote]]
Answer = tuple[dict[str, tuple[ProviderName, str]], tuple[tuple[str, ProviderName], ...]]


def ask(store: Versions, channel_id: str, at_ms: int) -> Answer:
    names = store.lookup_at(channel_id, at_ms)
    assert names.holds(at_ms)
    return dict(names.emotes), names.unknown


class Model:
    """All answers as they came, searched from the end at each question."""

    def __init__(self) -> None:
        self._given: list[Played] = []
        self._last = 0

    def apply(self, scope: str, provider: ProviderName, emotes: list[CatalogueEmote], now: int) -> None:
        last = [each for each in self._given if each[1:3] == (scope, provider)][-1:]
        if not last or set(last[0][3]) != set(emotes):
            self._last = max(now + SETTLE_MS, self._last + 1)
            self._given.append((self._last, scope, provider, emotes))

    def ask(self, channel_id: str, at_ms: int) -> Answer:
        found: dict[str, tuple[ProviderName, str]] = {}
        unknown: list[tuple[str, ProviderName]] = []
        for scope in (channel_id, GLOBAL):
            for provider in PROVIDERS:
                known = [each[3] for each in self._given if each[0] <= at_ms and each[1:3] == (scope, provider)]
                unknown += [] if known else [(scope, provider)]
                for emote in known[-1] if known else []:
                    found.setdefault(emote.name, (provider, emote.id))
        return found, tuple(unknown)


@settings(max_examples=60, deadline=None)
@given(steps)
def test_answers_are_those_of_a_plain_search_and_stay_the_same(
    played: list[tuple[Played, list[tuple[str, int]]]],
) -> None:
    with TemporaryDirectory() as folder:
        store, model, now = Versions(Path(folder) / "emotes.sqlite"), Model(), NOW
        given_answers: list[tuple[str, int, Answer]] = []
        for (pause, scope, provider, emotes), asked in played:
            now += pause
            store.apply(scope, provider, emotes, now)
            model.apply(scope, provider, emotes, now)
            for channel_id, offset in asked:
                answer = ask(store, channel_id, now + offset)
                assert answer == model.ask(channel_id, now + offset)
                given_answers.append((channel_id, now + offset, answer))
        replay = Versions(Path(folder) / "emotes.sqlite")
        for run in (store, replay):
            for channel_id, at_ms, answer in reversed(given_answers):
                assert ask(run, channel_id, at_ms) == answer
            run.close()


@settings(max_examples=40, deadline=None)
@given(st.lists(answers, max_size=14))
def test_versions_of_an_emote_never_overlap(played: list[Played]) -> None:
    with TemporaryDirectory() as folder:
        store, now = Versions(Path(folder) / "emotes.sqlite"), NOW
        for pause, scope, provider, emotes in played:
            now += pause
            store.apply(scope, provider, emotes, now)
            assert set(store.in_force(scope, provider) or []) == set(emotes)
        rows: list[Version] = []
        change = 0
        while batch := store.changes_after(change):
            rows, change = rows + batch.versions, batch.until
        store.close()
    by_emote = defaultdict(list)
    for row in rows:
        by_emote[row.scope, row.provider, row.emote_id].append(row)
    for versions in by_emote.values():
        versions.sort(key=lambda each: each.came_at)
        for earlier, later in pairwise(versions):
            assert earlier.went_at is not None
            assert earlier.came_at < earlier.went_at <= later.came_at
            assert earlier.name != later.name or earlier.went_at < later.came_at


def test_few_periods_are_kept() -> None:
    with TemporaryDirectory() as folder:
        store = Versions(Path(folder) / "emotes.sqlite")
        memory = NamesMemory(store._read, kept=3)
        for number in range(9):
            memory.find(str(number), NOW)
        assert len(memory.periods()) == len(memory.latest) == 3
        store.close()


def test_no_more_names_are_kept_than_memory_has_room_for() -> None:
    sizes = {"large": 80, "small": 30, "tiny": 1, "huge": 500}

    def read(channel_id: str, _at_ms: int) -> Names:
        return Names({str(number): ("7tv", "1") for number in range(sizes[channel_id])}, (), 0)

    memory = NamesMemory(read, most_names=100)
    for channel_id, left in (
        ("large", ["large"]),
        ("small", ["small"]),
        ("tiny", ["small", "tiny"]),
        ("huge", ["huge"]),
    ):
        memory.find(channel_id, NOW)
        assert list(memory.latest) == left
    memory.find("tiny", NOW)
    memory.find("small", NOW)
    assert list(memory.latest) == ["tiny", "small"]
