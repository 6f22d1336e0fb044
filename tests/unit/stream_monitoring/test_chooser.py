"""The chooser with a scripted Twitch: names that nobody knows, renames, doubtful answers, one choice a minute."""

import threading
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from unit.stream_monitoring.test_odd_answers import MemoryList
from unit.support.helix_client import FixedToken
from unit.support.scripted_twitch import Reply, ScriptedTwitch, twitch

from contracts.channel_names import parse_channels
from stream_monitoring.channels.choice import ChoiceRules, Watched
from stream_monitoring.channels.chooser import Chooser, ChooserOptions
from stream_monitoring.channels.games import Games
from stream_monitoring.channels.pinned import ASK_AGAIN_SECONDS, NEEDS_HELIX, NOT_IN_CHAT, OPTED_OUT, UNKNOWN
from stream_monitoring.channels.pinned_file import PinnedFile
from stream_monitoring.privacy.opt_outs import OptOuts, OptOutStatus
from twitch_access.helix import Helix
from twitch_access.session import Session
from twitch_access.transport import Transport

__all__ = ["twitch"]
TRANSPORT = Transport()
STREAM = {"started_at": "2026-01-01T00:00:00Z", "game_id": "33214", "language": "en"}


class World:
    """A Twitch that knows `users` (id to login), `streams` (ids, most viewers first) and `games`."""

    def __init__(self, twitch: ScriptedTwitch, folder: Path) -> None:
        self.twitch = twitch
        self.users: dict[str, str] = {"1": "anna", "2": "bob"}
        self.streams: list[str] = []
        self.games = {"33214": "Fortnite", "509658": "Just Chatting", "1942": "Another", "77": "1942"}
        self.opt_outs = OptOuts(None, folder / "opt_outs.json")
        self.ids_from_chat: dict[str, str] = {}
        self.hears_chat = True
        self.read: set[str] = set()
        self.now = 1_000.0
        self.pinned_file = folder / "pinned.json"
        twitch.make = self._answer

    def _answer(self) -> Reply:
        request = self.twitch.requests[-1]
        asked = [value for name, value in request.params if name in ("id", "login", "name", "user_id")]
        if any(len(each) < 3 for name, each in request.params if name == "login"):
            return Reply(400, {"error": "Bad Request", "status": 400, "message": "Bad Identifiers."})
        if request.path == "/users":
            found = [(key, login) for key, login in self.users.items() if key in asked or login in asked]
            return Reply(body={"data": [{"id": key, "login": login, "display_name": login} for key, login in found]})
        if request.path == "/games":
            known = [(key, name) for key, name in self.games.items() if key in asked or name in asked]
            return Reply(body={"data": [{"id": key, "name": name} for key, name in known]})
        listed = [STREAM | {"id": f"s{key}", "user_id": key, "user_login": f"c{key}"} for key in self.streams]
        return Reply(body={"data": listed, "pagination": {}})

    def chooser(self, pinned: str = "", top: int = 0, games: str = "", helix: bool = True) -> Chooser:
        way = Helix(Session(TRANSPORT, self.twitch.url, "client", FixedToken(), 2.0)) if helix else None
        return Chooser(
            options=ChooserOptions(
                pinned=parse_channels(pinned),
                rules=ChoiceRules(top),
                decides=True,
                choose_seconds=60.0,
                games=tuple(games.split(",")) if games else (),
            ),
            helix=way,
            shared=None,
            copy=MemoryList(),
            watch=self._watch,
            ids_from_chat=lambda: self.ids_from_chat,
            hears_chat=lambda: self.hears_chat,
            opt_outs=self.opt_outs,
            erase=lambda opt_outs: None,
            clock=lambda: self.now,
            pinned_file=PinnedFile(self.pinned_file),
        )

    def _watch(self, logins: set[str]) -> None:
        self.read = logins

    def asked(self, path: str) -> int:
        return sum(request.path == path for request in self.twitch.requests)

    def minute(self, chooser: Chooser, minutes: int = 1) -> None:
        for _ in range(minutes):
            self.now += 60
            chooser.choose_once()


@pytest.fixture
def world(twitch: ScriptedTwitch, tmp_path: Path) -> World:
    return World(twitch, tmp_path)


@pytest.mark.parametrize("pinned", ["anna,anna", "anna,#Anna,id:1,https://www.twitch.tv/Anna"])
def test_doubles_are_one_channel(world: World, pinned: str):
    chooser = world.chooser(pinned)
    chooser.choose_once()
    assert chooser.choice == {"1": Watched("anna", "pinned")}
    assert (world.read, chooser.notes()) == ({"anna"}, {})


@pytest.mark.parametrize("unknown", ["no_such_channel", "id:404", "xx"])
def test_an_unknown_channel_is_named_once_and_asked_for_slowly(world: World, unknown: str):
    """And the others are watched, also where Twitch refuses the whole request for one name."""
    chooser = world.chooser(f"anna,{unknown},bob")
    chooser.choose_once()
    assert world.read == {"anna", "bob"}
    assert chooser.notes() == {f"pinned channel {unknown}": UNKNOWN}
    with capture_logs() as logs:
        for _ in range(3):
            chooser._tell()
    assert [each["event"] for each in logs] == [f"pinned channel {unknown}: {UNKNOWN}"]
    named = unknown.removeprefix("id:")
    world.twitch.requests.clear()
    world.minute(chooser, minutes=20)
    asked = [each for each in world.twitch.requests if named in (value for _, value in each.params)]
    assert len(asked) == 1200 // ASK_AGAIN_SECONDS
    world.users["404"] = "no_such_channel" if unknown.startswith("id:") else unknown
    world.minute(chooser, minutes=10)
    assert chooser.notes() == ({} if len(world.users["404"]) > 2 else {f"pinned channel {unknown}": UNKNOWN})


def test_one_choice_a_minute_whatever_is_unknown(world: World):
    """Looks at chat in between cost nothing; the id of a room that chat reports brings one choice more."""
    chooser = world.chooser("anna,no_such_channel,carl")
    stop = Ticking(world, 166)
    chooser.run(stop)  # type: ignore[arg-type]
    assert world.asked("/users") == 3  # the names, then with each choice the ids
    world.ids_from_chat["carl"] = "3"
    before = world.asked("/users")
    chooser.run(Ticking(world, 20))  # type: ignore[arg-type]
    assert world.asked("/users") == before + 1
    assert chooser.choice["3"] == Watched("carl", "pinned")


class Ticking(threading.Event):
    """A stop event that lets the world's time pass in place of waiting, and is set after some seconds."""

    def __init__(self, world: World, seconds: float) -> None:
        super().__init__()
        self._world, self._until = world, world.now + seconds

    def wait(self, timeout: float | None = None) -> bool:
        self._world.now += timeout or 0
        return self._world.now > self._until


def test_a_rename_is_followed_by_id(world: World):
    chooser = world.chooser("anna")
    chooser.choose_once()
    world.users["1"] = "anna_new"
    world.users["9"] = "anna"  # somebody else takes the old name
    world.minute(chooser)
    assert chooser.choice == {"1": Watched("anna_new", "pinned")}
    assert world.read == {"anna_new"}


@pytest.mark.parametrize("pinned", ["anna", "id:1"])
def test_a_rename_is_followed_over_a_restart(world: World, pinned: str):
    """Before Twitch is asked the last known name is read; the old one may be somebody else's by then."""
    world.chooser(pinned).choose_once()
    world.users |= {"1": "anna_new", "9": "anna"}
    before = world.chooser(pinned)
    before.choose_once()
    assert before.choice == {"1": Watched("anna_new", "pinned")}
    after = world.chooser(f"{pinned},bob")
    after.start()
    assert world.read == {"anna_new", "bob"}
    world.ids_from_chat["anna"] = "9"
    after.choose_once()
    assert after.choice == {"1": Watched("anna_new", "pinned"), "2": Watched("bob", "pinned")}
    assert after.notes() == {}


def test_a_name_that_is_pinned_no_more_is_forgotten(world: World):
    """So an operator who means the new owner of a name takes it out once."""
    world.chooser("anna").choose_once()
    world.chooser("bob").choose_once()
    world.users |= {"1": "anna_new", "9": "anna"}
    chooser = world.chooser("anna,bob")
    chooser.choose_once()
    assert set(chooser.choice) == {"9", "2"}


@pytest.mark.parametrize("content", ["{", "[]", '{"anna": 7}', '{"anna": {"login": "x"}}', "\xff"])
def test_a_damaged_file_of_ids_is_no_reason_to_stop(world: World, content: str):
    world.pinned_file.write_bytes(content.encode("latin-1"))
    chooser = world.chooser("anna")
    chooser.choose_once()
    assert chooser.choice == {"1": Watched("anna", "pinned")}


def test_without_helix_a_kept_id_says_nothing(world: World):
    """Chat alone knows whose room a name is now."""
    world.chooser("anna").choose_once()
    world.ids_from_chat["anna"] = "9"
    chooser = world.chooser("anna", helix=False)
    chooser.choose_once()
    assert chooser.choice == {"9": Watched("anna", "pinned")}


def test_a_channel_that_is_gone_is_named_and_stays_wanted(world: World):
    chooser = world.chooser("anna")
    chooser.choose_once()
    del world.users["1"]
    world.minute(chooser)
    assert chooser.notes() == {"pinned channel anna": UNKNOWN}
    assert world.read == {"anna"}


def test_an_opted_out_pinned_channel_is_named(world: World):
    world.opt_outs.statuses = {"1": OptOutStatus("anna", True, 1)}
    chooser = world.chooser("anna,bob")
    chooser.choose_once()
    assert chooser.notes() == {"pinned channel anna": OPTED_OUT}
    assert world.read == {"bob"}


def test_without_helix_the_rooms_that_chat_lets_in_count(world: World):
    chooser = world.chooser("anna,no_such_channel,id:7", helix=False)
    chooser.start()
    assert world.read == {"anna", "no_such_channel"}
    assert chooser.notes() == {"pinned channel id:7": NEEDS_HELIX}
    world.ids_from_chat["anna"] = "1"
    chooser.run(Ticking(world, 20))  # type: ignore[arg-type]
    assert chooser.choice == {"1": Watched("anna", "pinned")}
    assert chooser.notes() == {
        "pinned channel no_such_channel": NOT_IN_CHAT,
        "pinned channel id:7": NEEDS_HELIX,
    }


def test_without_chat_no_name_is_called_wrong(world: World):
    """Without a network nobody knows whether there is such a channel."""
    world.hears_chat = False
    chooser = world.chooser("anna", helix=False)
    chooser.run(Ticking(world, 120))  # type: ignore[arg-type]
    assert chooser.notes() == {}
    world.hears_chat = True
    chooser.run(Ticking(world, 20))  # type: ignore[arg-type]
    assert chooser.notes() == {"pinned channel anna": NOT_IN_CHAT}


def test_games_are_found_by_name_and_by_id(world: World):
    games = Games(("Just Chatting", "33214", "1942", "No Such Game"))
    helix = Helix(Session(TRANSPORT, world.twitch.url, "client", FixedToken(), 2.0))
    assert games.ask(helix, world.now) == {"509658", "33214", "1942", "77"}
    assert list(games.notes()) == ["No Such Game"]
    assert games.ask(helix, world.now + 60) == {"509658", "33214", "1942", "77"}
    assert world.asked("/games") == 1


def test_a_filter_of_unknown_games_admits_nobody(world: World):
    world.streams = ["1", "2"]
    chooser = world.chooser(top=5, games="No Such Game,nor this")
    chooser.choose_once()
    assert (chooser.choice, world.asked("/streams")) == ({}, 0)
    assert set(chooser.notes()) == {"game No Such Game", "game nor this"}


def test_only_the_games_named_are_asked_for(world: World):
    world.streams = ["1", "2"]
    chooser = world.chooser(top=5, games="Fortnite,No Such Game")
    chooser.choose_once()
    assert set(chooser.choice) == {"1", "2"}
    (request,) = [each for each in world.twitch.requests if each.path == "/streams"]
    assert [value for name, value in request.params if name == "game_id"] == ["33214"]


@pytest.mark.parametrize("left", [[], ["3"]])
def test_a_nearly_empty_list_is_doubted_and_then_believed(world: World, left: list[str]):
    world.streams = [str(number) for number in range(20)]
    chooser = world.chooser(top=20)
    chooser.choose_once()
    everyone = set(chooser.choice)
    world.streams, before = left, world.asked("/streams")
    chooser.run(Ticking(world, 130))  # type: ignore[arg-type]
    assert set(chooser.choice) == everyone
    assert world.asked("/streams") > before + 6  # asked again soon
    world.minute(chooser, minutes=9)
    assert set(chooser.choice) == set(left)


def test_a_smaller_top_is_no_reason_for_doubt(world: World):
    world.streams = ["0", "1"]
    chooser = world.chooser(top=2)
    chooser.choice = {str(number): Watched(f"c{number}", "top") for number in range(40)}
    world.minute(chooser, minutes=4)
    assert set(chooser.choice) == {"0", "1"}
