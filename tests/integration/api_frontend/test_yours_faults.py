"""Kill -9 between intent and answer, tokens that end, a key that is rotated, and a site where nothing of it is set."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import suppress
from math import isnan
from pathlib import Path

import httpx
import pytest
from integration.support.api_frontend_process import SiteProcess
from integration.support.channel_people import PeopleWorld, Person, consent_settings, open_people
from integration.support.clip_creator_process import Gate, Simulator

from api_frontend.accounts.twitch.keyring import Keyring, UnreadableError
from api_frontend.settings import keys_in
from contracts import metrics
from embedded.processes.waiting import wait_for

SECONDS = 40.0


@pytest.fixture(scope="module")
def gate(twitch: Simulator) -> Iterator[Gate]:
    """A proxy before Twitch that can hold a request for a clip back."""
    gate = Gate(twitch.url, endpoint="/helix/videos/clips")
    yield gate
    gate.close()


@pytest.fixture(scope="module")
def world(
    postgres_of_module: str, twitch: Simulator, gate: Gate, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PeopleWorld]:
    url = gate.open()
    folder = tmp_path_factory.mktemp("faults")
    settings = {"TWITCH_API_URL": f"{url}/helix/"}
    with open_people(postgres_of_module, twitch, folder, **settings) as found:
        yield found


def again(world: PeopleWorld) -> SiteProcess:
    """The site once more, after it was killed."""
    url = world.twitch.url
    return SiteProcess(world.dsn, world.folder, **consent_settings(url, world.folder))


@pytest.mark.parametrize("hold", ["before", "after"])
def test_killed_between_intent_and_answer_nothing_is_lost_or_doubled(
    world: PeopleWorld, gate: Gate, hold: str, tmp_path: Path
) -> None:
    login = world.logins()[("before", "after").index(hold)]
    moment_id = f"kill-{hold}"
    world.night(login, moment_id)
    settings = consent_settings(world.twitch.url, world.folder) | {
        "TWITCH_API_URL": world.site._environment["TWITCH_API_URL"],
        "TWITCH_DEADLINE_SECONDS": "20",
    }
    gate.hold, before = hold, gate.created
    gate.reached.clear()
    with SiteProcess(world.dsn, tmp_path, **settings) as doomed, Person(doomed.url, login) as person:
        person.sign_in()
        form = {"csrf": person.csrf(), "moment": moment_id, "title": moment_id}

        def press() -> None:
            with suppress(httpx.HTTPError):
                person.http.post(f"/channels/{login}/yours/clip", data=form)

        pressing = threading.Thread(target=press)
        pressing.start()
        assert gate.reached.wait(SECONDS)
        doomed.process.kill()
        doomed.process.wait(SECONDS)
        pressing.join(SECONDS)
    gate.hold = ""
    assert gate.created == before + 1
    expected = ("made", "") if hold == "after" else ("unknown", "unanswered")
    with again(world) as site, Person(site.url, login) as person:
        wait_for(f"{expected}", lambda: world.own_clip(moment_id) == expected, SECONDS, 0.3)
        person.sign_in()
        if hold == "before":
            assert "Nobody can tell whether Twitch made a clip" in person.page()
            assert "Twitch makes the clip" in person.done("clip", moment=moment_id, title=moment_id)
            wait_for("it is made", lambda: world.own_clip(moment_id) == ("made", ""), SECONDS, 0.3)
    assert len([each for each in world.twitch.clips() if each["title"] == moment_id]) == 1
    assert world.clip_status(moment_id) == "made"


def test_a_clip_that_came_late_is_found_before_another_is_asked_for(world: PeopleWorld) -> None:
    login, moment_id = world.logins()[2], "late-found"
    world.night(login, moment_id)
    world.twitch.order("clip_delay", seconds=9)
    world.twitch.order("helix_fault", endpoint="POST videos/clips", status=500, count=1, acts=True)
    with world.person(login) as person:
        person.sign_in()
        person.done("clip", moment=moment_id, title=moment_id)
        wait_for("unknown", lambda: world.own_clip(moment_id) == ("unknown", "unanswered"), SECONDS, 0.3)
        world.twitch.order("clip_delay", seconds=1)
        wait_for("the clip has appeared", lambda: clip_is_there(world, login), SECONDS, 0.3)
        assert "The clip is made" in person.done("clip", moment=moment_id, title=moment_id)
    assert len([each for each in world.twitch.clips() if each["title"] == moment_id]) == 1


def clip_is_there(world: PeopleWorld, login: str) -> bool:
    """Whether Get Clips lists a clip of the channel's recording."""
    headers = {"Authorization": "Bearer simulator-user-token", "Client-Id": "simulator"}
    answer = httpx.get(
        f"{world.twitch.url}/helix/clips", params={"broadcaster_id": world.id_of(login)}, headers=headers
    )
    return any(each["title"] == "late-found" for each in answer.json()["data"])


def test_tokens_are_renewed_and_a_revoked_consent_is_found_by_the_hourly_look(world: PeopleWorld) -> None:
    login, channel_id = world.logins()[3], world.id_of(world.logins()[3])
    world.night(login, "renewed")
    world.twitch.order("token_lifetime", seconds=1)
    with world.person(login) as person:
        person.sign_in()
        before = world.sql("SELECT tokens FROM twitch_consents WHERE user_id = %s", channel_id)
        assert "Twitch makes the clip" in person.done("clip", moment="renewed", title="x")
        assert world.sql("SELECT tokens FROM twitch_consents WHERE user_id = %s", channel_id) != before
        world.twitch.order("token_lifetime", seconds=14_400)
        wait_for("made", lambda: world.own_clip("renewed") == ("made", ""), SECONDS, 0.3)
        world.twitch.order("disconnect", login=login)
        streamer, former = world.logins()[7], world.logins()[8]
        world.twitch.order("editors", login=streamer, editors=[former])
        with world.person(streamer) as owner, world.person(former) as editor:
            owner.sign_in()
            editor.sign_in(streamer, "editor")
            assert "You are an editor" in editor.page(streamer)
        world.twitch.order("editors", login=streamer, editors=[])
        world.sql("UPDATE channel_editors SET checked_at = now() - interval '2 hours'")
        with world.person(world.logins()[4]) as idle:
            idle.sign_in()
        idle_id = world.id_of(world.logins()[4])
        world.sql("UPDATE twitch_consents SET used_at = now() - interval '181 days' WHERE user_id = %s", idle_id)
        world.sql("UPDATE twitch_consents SET checked_at = now() - interval '2 hours'")
        both = "SELECT count(*) FROM twitch_consents WHERE user_id IN (%s, %s)"
        with again(world):  # its first look comes at the start
            wait_for("both are gone", lambda: world.sql(both, channel_id, idle_id) == [(0,)], SECONDS, 0.3)
            editors = "SELECT count(*) FROM channel_editors"
            wait_for("an editor of yesterday is none", lambda: world.sql(editors) == [(0,)], SECONDS, 0.3)
        assert world.twitch.order("tokens_of", login=world.logins()[4])["tokens"] == 0
        assert "Sign in with Twitch" in person.page()


def test_a_rotated_key_reads_the_old_and_writes_the_new(world: PeopleWorld) -> None:
    login, channel_id = world.logins()[5], world.id_of(world.logins()[5])
    world.night(login, "rotated")
    stored = "SELECT tokens FROM twitch_consents WHERE user_id = %s"
    key = world.folder / "consent_key"
    with world.person(login) as person:
        person.sign_in()
        before, old = world.sql(stored, channel_id), key.read_text().strip()
        new = secrets.token_hex(32)
        key.write_text(f"{new}\n{old}\n")
        with again(world):
            wait_for("encrypted anew", lambda: world.sql(stored, channel_id) != before, SECONDS, 0.3)
        # The one that has only the old key still runs, and takes nothing from anybody.
        assert "Twitch does not answer" in person.done("files", clips="A")
    assert "tokens cannot be read" in world.site.log()
    key.write_text(f"{new}\n")  # the old one is gone
    keyring = Keyring(keys_in(key.read_text()))
    assert keyring.opened(bytes(world.sql(stored, channel_id)[0][0])).refresh_token
    with pytest.raises(UnreadableError):
        Keyring(keys_in(old)).opened(bytes(world.sql(stored, channel_id)[0][0]))


def test_without_settings_no_page_says_a_word_of_it(world: PeopleWorld, tmp_path: Path) -> None:
    login = world.logins()[6]
    settings = consent_settings(world.twitch.url, world.folder) | {"API_CONSENT_KEY_FILE": ""}
    with SiteProcess(world.dsn, tmp_path, **settings) as site:
        page = httpx.get(f"{site.url}/channels/{login}").text
        assert "yours" not in page
        assert "Is this your channel?" not in page
        about = httpx.get(f"{site.url}/about").text
        assert "consent" not in about
        for path in (f"/channels/{login}/yours", "/channels/sign-in/return", f"/discord/nights/{login}"):
            assert httpx.get(site.url + path).status_code == 404


def test_a_wrong_key_is_one_line(tmp_path: Path, world: PeopleWorld) -> None:
    key = tmp_path / "key"
    key.write_text("secret words\n")
    settings = consent_settings(world.twitch.url, world.folder) | {"API_CONSENT_KEY_FILE": str(key)}
    with pytest.raises(AssertionError) as failed, SiteProcess(world.dsn, tmp_path, **settings):
        pass
    assert "API_CONSENT_KEY_FILE" in str(failed.value)
    assert "secret words" not in str(failed.value)


def test_sign_ins_of_an_address_and_changes_of_a_person_are_limited(world: PeopleWorld, tmp_path: Path) -> None:
    login = world.logins()[0]
    world.night(login, "limited")
    limits = {"API_CONSENT_SIGN_IN_LIMIT": "2/hour", "API_CONSENT_CHANGE_LIMIT": "3/hour"}
    settings = consent_settings(world.twitch.url, world.folder, **limits)
    with SiteProcess(world.dsn, tmp_path, **settings) as site, Person(site.url, login) as one:
        with Person(site.url, login) as other:
            browsers = [one.sign_in(), other.sign_in()]
            answers = [browsers[number % 2].press("hide", moment="limited") for number in range(4)]
        assert [each.status_code for each in answers] == [303, 303, 303, 429]  # of the person, not of the browser
        refused = one.come_back(one.go_to_twitch(login, login=login))
        assert (refused.status_code, "too many sign-ins" in refused.text) == (429, True)
        assert min(int(each.headers["retry-after"]) for each in (answers[3], refused)) > 0


def test_what_becomes_of_sign_ins_and_clips_is_counted(world: PeopleWorld) -> None:
    login, other = world.logins()[1], world.logins()[0]
    world.night(login, "counted")
    world.sql("DELETE FROM twitch_consents")  # with tokens that no key reads any more
    wanted = {metrics.CHANNEL_SIGN_INS: ("kept", "stranger", "failed"), metrics.OWN_CLIPS: ("forbidden", "made")}
    places = [(metric, outcome) for metric, outcomes in wanted.items() for outcome in outcomes]
    before = [world.counted(*place) for place in places]
    assert not [each for each in before if isnan(each)], "each begins with 0, before anything of it happens"
    with world.person(login) as person, world.person(other) as stranger:
        assert person.come_back(person.go_to_twitch(login, login=login) | {"code": "made-up"}).status_code == 502
        assert stranger.come_back(stranger.go_to_twitch(login, login=other)).status_code == 403
        person.sign_in()
        world.twitch.order("helix_fault", endpoint="POST videos/clips", status=403, count=1)
        assert "may not make clips" in person.done("clip", moment="counted", title="x")
        assert "Twitch makes the clip" in person.done("clip", moment="counted", title="x")
    wait_for("the clip", lambda: world.clip_status("counted") == "made", SECONDS)
    assert [world.counted(*place) for place in places] == [count + 1 for count in before]
