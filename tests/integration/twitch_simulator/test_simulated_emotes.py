"""The library against the simulator's providers over HTTP: every shape, limit and fault that can be ordered."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from integration.support.quiet_simulator import QUIET

from emote_catalogue.emote import CatalogueEmote
from emote_catalogue.errors import (
    CatalogueError,
    CutOff,
    RateLimited,
    Refused,
    ServerTrouble,
    TooLarge,
    TooSlow,
    WrongShape,
)  # fmt: skip
from emote_catalogue.fetching import Fetcher
from emote_catalogue.providers.answers import Provider
from emote_catalogue.providers.betterttv import BetterTtv
from emote_catalogue.providers.frankerfacez import FrankerFaceZ
from emote_catalogue.providers.seventv import SevenTv
from emote_catalogue.refresh import Refresher
from emote_catalogue.schedule import Pace
from emote_catalogue.state import CatalogueState
from emote_catalogue.versions import SETTLE_MS, Versions
from twitch_simulator.process import SimulatorProcess

PROVIDERS = ("7tv", "bttv", "ffz")


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    """Thirty channels without chat."""
    truth = tmp_path_factory.mktemp("simulator") / "truth"
    flags = ("--channels", "30", "--messages-per-second", "0", "--emote-requests-per-minute", "100000", *QUIET)
    with SimulatorProcess(truth, *flags) as process:
        yield process


@pytest.fixture(scope="module")
def providers(simulator: SimulatorProcess) -> dict[str, Provider]:
    base = f"{simulator.url}/emotes"
    return {
        "7tv": SevenTv(f"{base}/7tv/v3"),
        "bttv": BetterTtv(f"{base}/bttv/3/cached", f"{base}/bttv"),
        "ffz": FrankerFaceZ(f"{base}/ffz/v1", f"{base}/ffz"),
    }


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    made = Fetcher(deadline_seconds=2.0)
    yield made
    made.close()


@pytest.fixture
def channel(simulator: SimulatorProcess) -> dict[str, str]:
    """The largest channel, which has an account everywhere."""
    return dict(simulator.state()["channels"][0])


def test_every_provider_has_global_emotes_with_pictures(
    simulator: SimulatorProcess, providers: dict[str, Provider], fetcher: Fetcher
) -> None:
    for provider in providers.values():
        emotes = provider.global_emotes(fetcher.fetch)
        assert len(emotes) >= 10
        picture = simulator.http.get(emotes[0].image)
        assert (picture.status_code, picture.headers["content-type"]) == (200, "image/svg+xml")
    names = {emote.name for emote in providers["bttv"].global_emotes(fetcher.fetch)}
    assert {"SoSnowy", "FeelsBirthdayMan"} <= names
    assert "w!" not in names
    assert "ffzXSupporter" not in {emote.name for emote in providers["ffz"].global_emotes(fetcher.fetch)}


def test_the_largest_channel_has_a_thousand_emotes_at_7tv(
    providers: dict[str, Provider], fetcher: Fetcher, channel: dict[str, str]
) -> None:
    found = {name: each.channel_emotes(fetcher.fetch, channel["channel_id"]) for name, each in providers.items()}
    assert {name: len(emotes) for name, emotes in found.items()} == {"7tv": 1000, "bttv": 100, "ffz": 50}
    assert all(emote.image.startswith("http://127.0.0.1") for emotes in found.values() for emote in emotes)
    assert any(emote.is_animated for emote in found["7tv"])


def test_an_embedded_set_is_the_same(
    simulator: SimulatorProcess, providers: dict[str, Provider], fetcher: Fetcher, channel: dict[str, str]
) -> None:
    before = providers["7tv"].channel_emotes(fetcher.fetch, channel["channel_id"])
    requests = simulator.state()["counters"]["emote_requests"]
    simulator.order("emote_change", provider="7tv", login=channel["login"], action="embed")
    assert providers["7tv"].channel_emotes(fetcher.fetch, channel["channel_id"]) == before
    assert simulator.state()["counters"]["emote_requests"] == requests + 1
    simulator.order("emote_change", provider="7tv", login=channel["login"], action="unembed")


def test_a_channel_without_an_account_has_none(providers: dict[str, Provider], fetcher: Fetcher) -> None:
    for provider in providers.values():
        assert provider.channel_emotes(fetcher.fetch, "999") == ()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("away", ServerTrouble), ("slow", TooSlow), ("html", WrongShape), ("large", TooLarge), ("half", CutOff),
        ("limit", RateLimited), ("null", WrongShape), ("odd", WrongShape), ("redirect", Refused),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", PROVIDERS)
def test_a_fault_is_a_typed_error(
    simulator: SimulatorProcess,
    providers: dict[str, Provider],
    channel: dict[str, str],
    name: str,
    kind: str,
    expected: type[CatalogueError],
) -> None:
    order = {"provider": name, "login": channel["login"], "kind": kind}
    simulator.order("emote_fault", **order, seconds=3)
    fetcher = Fetcher(deadline_seconds=0.5 if kind == "slow" else 10.0)
    with pytest.raises(expected) as error:
        providers[name].channel_emotes(fetcher.fetch, channel["channel_id"])
    if isinstance(error.value, RateLimited):
        assert error.value.wait_seconds == 3
    assert len(providers[name].channel_emotes(Fetcher().fetch, channel["channel_id"])) >= 50
    fetcher.close()


def test_7tvs_null_set_is_an_error_and_no_set_is_none(
    simulator: SimulatorProcess, providers: dict[str, Provider], fetcher: Fetcher, channel: dict[str, str]
) -> None:
    order = {"provider": "7tv", "login": channel["login"]}
    simulator.order("emote_fault", **order, kind="null_set")
    with pytest.raises(WrongShape):
        providers["7tv"].channel_emotes(fetcher.fetch, channel["channel_id"])
    for kind in ("no_set", "missing"):
        simulator.order("emote_fault", **order, kind=kind)
        assert providers["7tv"].channel_emotes(fetcher.fetch, channel["channel_id"]) == ()


def test_the_limit_is_said_before_and_after_it_is_reached(tmp_path: Path, fetcher: Fetcher) -> None:
    flags = ("--channels", "1", "--messages-per-second", "0", "--emote-requests-per-minute", "3", *QUIET)
    with SimulatorProcess(tmp_path / "truth", *flags) as simulator:
        url = f"{simulator.url}/emotes/7tv/v3/emote-sets/global"
        answers = [fetcher.fetch(url, {}) for _ in range(4)]
    assert [answer.headers["x-ratelimit-global-remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert b'"error_code":7000' in answers[3].body


def test_an_order_about_nobody_is_refused(simulator: SimulatorProcess) -> None:
    for fields in ({"login": "nobody", "action": "add", "emote": "x"}, {"action": "remove", "emote": "NotThere"}):
        assert simulator.http.post("/control/emote_change", json={"provider": "7tv"} | fields).status_code == 404
    for fields in ({"action": "add"}, {"action": "rename", "emote": "EZ"}, {"action": "add", "emote": "x", "odd": 1}):
        assert simulator.http.post("/control/emote_change", json={"provider": "7tv"} | fields).status_code == 422


def test_changes_reach_the_store_and_faults_do_not(
    simulator: SimulatorProcess,
    providers: dict[str, Provider],
    fetcher: Fetcher,
    channel: dict[str, str],
    tmp_path: Path,
) -> None:
    """The whole way: an emote comes, is renamed in mid-stream and goes, while another provider lies."""
    versions, state, now = Versions(tmp_path / "emotes.sqlite"), CatalogueState(), [1_790_000_000.0]
    pace = Pace(channel_seconds=60, global_seconds=60, requests_per_second=1000)
    refreshers = [
        Refresher(
            provider=provider, versions=versions, fetch=fetcher.fetch, state=state, pace=pace,
            clock=lambda: now[0], wall_ms=lambda: round(now[0] * 1000), sleep=lambda _: None,
        )
        for provider in providers.values()
    ]  # fmt: skip

    def refresh() -> int:
        """Ask for all catalogues once; return when their changes are in force."""
        now[0] += 120
        for refresher in refreshers:
            refresher.watch([channel["channel_id"]])
            while refresher.step() <= 0:
                pass
        return round(now[0] * 1000) + SETTLE_MS + 60

    def change(action: str, **fields: str) -> None:
        simulator.order("emote_change", provider="7tv", login=channel["login"], action=action, **fields)

    known = refresh()
    change("add", emote="<b>Brand😂New")
    simulator.order("emote_fault", provider="bttv", kind="html", count=2)
    simulator.order("emote_fault", provider="ffz", kind="empty", count=2)
    added = refresh()
    change("rename", emote="<b>Brand😂New", new_name="Renamed")
    renamed = refresh()
    change("remove", emote="Renamed")
    removed = refresh()
    found = {
        at: versions.lookup_at(channel["channel_id"], at) for at in (known - 300_000, known, added, renamed, removed)
    }
    assert [{"<b>Brand😂New", "Renamed"} & set(names.emotes) for names in found.values()] == [
        set(), set(), {"<b>Brand😂New"}, {"Renamed"}, set(),
    ]  # fmt: skip
    assert len(found[known - 300_000].unknown) == 6
    assert found[known].unknown == ()
    providers_then = [{key[0] for key in names.emotes.values()} for names in found.values()]
    assert providers_then == [set(), *[set(PROVIDERS)] * 4]
    assert state.failures("bttv") == {"wrong_shape": 2}
    assert state.failures("ffz") == {"emptied": 2}
    assert isinstance((versions.in_force(channel["channel_id"], "7tv") or [])[0], CatalogueEmote)
    versions.close()
