"""A channel's own people consent, hide, clip from the recording, get files, and take it all back; nobody else can."""

from collections.abc import Iterator
from itertools import count

import httpx
import pytest
from integration.support.channel_people import PeopleWorld, Person, open_people, query_of
from integration.support.clip_creator_process import Simulator

from embedded.processes.waiting import wait_for

numbers = count(1)
SECONDS = 30.0


@pytest.fixture(scope="module")
def world(
    postgres_of_module: str, twitch: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PeopleWorld]:
    with open_people(postgres_of_module, twitch, tmp_path_factory.mktemp("yours")) as found:
        yield found


@pytest.fixture
def login(world: PeopleWorld) -> str:
    """A channel that no other test has."""
    return world.logins()[next(numbers) % 10]


@pytest.fixture
def streamer(world: PeopleWorld, login: str) -> Iterator[Person]:
    """Its streamer, signed in."""
    with world.person(login) as person:
        yield person.sign_in()
    world.sql("DELETE FROM twitch_consents")
    world.sql("DELETE FROM hidden_moments")
    world.twitch.order("editors", login=login, editors=[])
    world.twitch.order("disconnect", login=login)


def test_the_page_says_what_is_asked_for_and_why(world: PeopleWorld, login: str) -> None:
    with world.person(login) as person:
        assert f'href="/channels/{login}/yours"' in person.http.get(f"/channels/{login}").text
        page = person.page()
        assert "channel:manage:clips" in page
        assert "channel:read:editors" in page
        assert "To know who your editors are" in page
        sent = person.http.get(f"/channels/{login}/yours/sign-in", params={"as": "streamer"})
        assert "scope=channel%3Amanage%3Aclips+channel%3Aread%3Aeditors" in sent.headers["location"]
        simple = person.http.get(f"/channels/{login}/yours/sign-in", params={"as": "simple"})
        assert "scope=&" in simple.headers["location"]
    assert world.sql("SELECT count(*) FROM twitch_consents") == [(0,)]


def test_a_moment_is_hidden_everywhere_and_shown_again(world: PeopleWorld, streamer: Person, login: str) -> None:
    night = world.night(login, f"hid-{login}", f"stay-{login}", clip="made")
    channel_id, hidden, stay = world.id_of(login), f"hid-{login}", f"stay-{login}"
    times = "to_timestamp(%s / 1000.0), to_timestamp(%s / 1000.0)"
    sql = f"INSERT INTO streams VALUES (%s, %s, {times}, '', '', 'en', now())"
    world.sql(sql, night["stream_id"], channel_id, night["started_at"], night["until_at"])
    places = (
        f"/channels/{login}", f"/best?channel={login}&period=all", f"/best?q={login}&period=all",
        f"/best?channel={login}&order=newest", f"/channels/{login}/streams/{night['stream_id']}",
        f"/channels/{login}/streams/{night['stream_id']}.json", f"/api/v1/moments?channel={login}",
        f"/api/v1/clips?channel={login}", f"/api/v1/moments?channel={login}&order=best",
        f"/channels/{login}/feed.atom", f"/watch?channel={login}&period=all",
    )  # fmt: skip
    texts = {path: world_text(world, path) for path in places}
    assert httpx.get(f"{world.site.url}/moments/{hidden}/card.png").status_code == 200
    known = {path for path, text in texts.items() if hidden in text}
    assert len(known) >= 9, set(places) - known
    assert "hidden: nobody" in streamer.done("hide", moment=hidden)
    for path in known:
        text = world_text(world, path)
        assert hidden not in text, path
    assert stay in world_text(world, f"/channels/{login}")
    for path in (f"/moments/{hidden}", f"/api/v1/moments/{hidden}", f"/moments/{hidden}/card.png"):
        assert httpx.get(world.site.url + path).status_code == 404, path
    page = streamer.page()
    assert "Hidden: only you see it" in page
    assert "shown again" in streamer.done("show", moment=hidden)
    for path in known:
        assert hidden in world_text(world, path), path


def world_text(world: PeopleWorld, path: str) -> str:
    """The text of a page; empty for one that does not exist."""
    answer = httpx.get(world.site.url + path, follow_redirects=True, timeout=20)
    return answer.text if answer.status_code == 200 else ""


def test_what_an_operator_hid_nobody_shows(world: PeopleWorld, streamer: Person, login: str) -> None:
    world.night(login, f"op-{login}")
    world.rows.hide(f"op-{login}")
    assert f"op-{login}" not in streamer.page()
    assert streamer.press("show", moment=f"op-{login}").status_code == 404
    assert world.sql("SELECT count(*) FROM hidden_moments WHERE moment_id = %s", f"op-{login}") == [(1,)]


def test_nobody_changes_another_channel(world: PeopleWorld, streamer: Person, login: str) -> None:
    other = next(each for each in world.logins() if each != login)
    world.night(other, f"foreign-{login}")
    assert "not this channel" in streamer.page(other)
    csrf = streamer.csrf()
    answer = streamer.http.post(f"/channels/{other}/yours/hide", data={"csrf": csrf, "moment": f"foreign-{login}"})
    assert answer.status_code == 403
    answer = streamer.press("hide", moment=f"foreign-{login}")  # on one's own page, with the other's moment
    assert answer.status_code == 404
    assert streamer.press("clip", moment=f"foreign-{login}", title="x").status_code == 404
    assert world.sql("SELECT count(*) FROM hidden_moments") == [(0,)]


@pytest.mark.parametrize("act", ["hide", "show", "clip", "files", "untell", "revoke", "sign-out"])
def test_a_form_of_another_site_or_session_does_nothing(
    world: PeopleWorld, streamer: Person, login: str, act: str
) -> None:
    address = f"/channels/{login}/yours/{act}"
    for form in ({}, {"csrf": ""}, {"csrf": "0" * 64}):
        assert streamer.http.post(address, data=form).status_code == 403
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert streamer.http.post(address, data={"csrf": streamer.csrf()}, headers=headers).status_code == 403
    assert world.sql("SELECT count(*) FROM twitch_consents") == [(1,)]
    with world.person("nobody") as nobody:
        status = nobody.http.post(address, data={"csrf": streamer.csrf()}).status_code
    assert status == (200 if act in ("revoke", "sign-out") else 401)  # nobody's session is ended
    assert world.sql("SELECT count(*) FROM twitch_sessions") == [(1,)]


def test_a_clip_is_made_from_the_recording_once(world: PeopleWorld, streamer: Person, login: str) -> None:
    night = world.night(login, f"late-{login}")
    said = streamer.done("clip", moment=f"late-{login}", title="What a save")
    assert "Twitch makes the clip" in said
    assert "asked for already" in streamer.done("clip", moment=f"late-{login}", title="again")
    wait_for("the clip is the moment's", lambda: world.clip_status(f"late-{login}") == "made", SECONDS)
    (made,) = world.twitch.clips(world.id_of(login))
    document = world.sql("SELECT document FROM moments WHERE moment_id = %s", f"late-{login}")[0][0]
    begins = (document["clip_from_at"] - night["started_at"]) / 1000
    assert abs(made["vod_offset"] - begins) <= 1
    assert (made["title"], made["video_id"]) == ("What a save", night["video_id"])
    assert made["clip_id"] in streamer.http.get(f"/moments/late-{login}").text
    assert world.own_clip(f"late-{login}") == ("made", "")
    said = streamer.press("files", clips=made["clip_id"]).text
    assert f"/files/{made['clip_id']}.mp4" in said


@pytest.mark.parametrize(
    ("status", "acts", "said", "state"),
    [
        (400, False, "no clip of this place", ("refused", "place")),
        (403, False, "may not make clips", ("refused", "forbidden")),
        (404, False, "recording is not at Twitch any more", ("refused", "recording_gone")),
        (429, False, "too many requests", ("refused", "busy")),
        (503, False, "whether it makes one is not known yet", ("unknown", "unanswered")),
        (500, True, "whether it makes one is not known yet", ("made", "")),
    ],
)
def test_what_twitch_refuses_is_said(
    world: PeopleWorld, streamer: Person, login: str, status: int, acts: bool, said: str, state: tuple[str, str]
) -> None:
    moment_id = f"no-{status}-{login}"
    world.night(login, moment_id)
    world.twitch.order("helix_fault", endpoint="POST videos/clips", status=status, count=1, acts=acts)
    assert said in streamer.done("clip", moment=moment_id, title=moment_id)
    wait_for(f"{state}", lambda: world.own_clip(moment_id) == state, 60, 0.3)
    made = [each for each in world.twitch.clips(world.id_of(login)) if each["title"] == moment_id]
    assert len(made) == acts
    if acts:
        assert world.clip_status(moment_id) == "made"
        return
    assert "Try again" in streamer.page()
    before = len(world.twitch.clips())
    again = {"moment": moment_id, "title": "again"}
    wait_for("the budget is there again", lambda: "Twitch makes" in streamer.done("clip", **again), 20, 0.5)
    assert len(world.twitch.clips()) == before + 1


def test_a_deleted_recording_and_a_moment_outside_of_it_are_said(
    world: PeopleWorld, streamer: Person, login: str
) -> None:
    night = world.night(login, f"gone-{login}")
    world.twitch.order("delete_video", video_id=night["video_id"])
    assert "has no recording of this place" in streamer.done("clip", moment=f"gone-{login}", title="x")
    archive = world.twitch.order("archive", login=login, seconds=300)
    world.rows.moment(
        f"after-{login}", -400, revision=3, channel_id=world.id_of(login), stream_id=archive["stream_id"],
        stream_started_at=archive["started_at"],
    )  # fmt: skip
    assert "has no recording of this place" in streamer.done("clip", moment=f"after-{login}", title="x")
    assert world.own_clip(f"gone-{login}") == world.own_clip(f"after-{login}") == ("", "")


def test_a_clip_that_never_comes_is_unknown(world: PeopleWorld, streamer: Person, login: str) -> None:
    world.night(login, f"never-{login}")
    world.twitch.order("never_appear", count=1)
    streamer.done("clip", moment=f"never-{login}", title="x")
    wait_for("nobody can tell", lambda: world.own_clip(f"never-{login}") == ("unknown", "never_came"), 60, 0.3)
    assert "the clip did not appear" in streamer.page()


def test_a_consent_taken_back_at_twitch_ends_everything(world: PeopleWorld, streamer: Person, login: str) -> None:
    world.night(login, f"back-{login}")
    world.twitch.order("disconnect", login=login)
    answer = streamer.press("clip", moment=f"back-{login}", title=f"back-{login}")
    assert answer.status_code == 401
    assert "the consent was withdrawn" in answer.text
    for table in ("twitch_consents", "twitch_sessions"):
        assert world.sql(f"SELECT count(*) FROM {table}") == [(0,)]
    assert not [each for each in world.twitch.clips(world.id_of(login)) if each["title"] == f"back-{login}"]
    assert world.own_clip(f"back-{login}") in (("", ""), ("unknown", "revoked"))


def test_one_tap_takes_it_back_here(world: PeopleWorld, streamer: Person, login: str) -> None:
    world.night(login, f"tap-{login}")
    assert world.twitch.order("tokens_of", login=login)["tokens"] >= 1
    world.twitch.order("never_appear", count=1)
    streamer.done("clip", moment=f"tap-{login}", title="x")
    answer = streamer.press("revoke")
    assert "consent is withdrawn" in answer.text
    assert world.sql("SELECT count(*) FROM twitch_consents") == [(0,)]
    assert world.own_clip(f"tap-{login}") == ("unknown", "revoked")
    assert world.sql("SELECT user_id FROM own_clips WHERE moment_id = %s", f"tap-{login}") == [("",)]
    assert world.twitch.order("tokens_of", login=login)["tokens"] == 0
    assert streamer.http.get(f"/channels/{login}/yours").text.count("Sign in with Twitch") >= 1


def test_an_editor_may_once_the_streamer_let_editors_in(world: PeopleWorld, streamer: Person, login: str) -> None:
    name = next(each for each in world.logins() if each != login)
    world.night(login, f"ed-{login}")
    with world.person(name) as editor:
        answer = editor.come_back(editor.go_to_twitch(login, "editor", login=name))
        assert answer.status_code == 403  # no editor (yet)
        assert "nor is it an editor" in answer.text
        assert world.sql("SELECT count(*) FROM twitch_consents") == [(1,)]
        assert world.twitch.order("tokens_of", login=name)["tokens"] == 0  # nothing of it is kept
        world.twitch.order("editors", login=login, editors=[name])
        editor.sign_in(login, "editor")
        assert "You are an editor of this channel" in editor.page(login)
        assert "Twitch makes the clip" in editor.done("clip", login, moment=f"ed-{login}", title="by an editor")
        assert "hidden: nobody" in editor.done("hide", login, moment=f"ed-{login}")
        editor.done("show", login, moment=f"ed-{login}")
        world.twitch.order("editors", login=login, editors=[])  # the streamer takes the role away
        assert "not this channel" in editor.page(login)
        world.twitch.order("editors", login=login, editors=[name])
        assert "You are an editor" in editor.page(login)
        streamer.press("revoke")
        assert "not this channel" in editor.page(login)
        assert world.sql("SELECT count(*) FROM channel_editors") == [(0,)]


def test_who_allows_nothing_hides_and_makes_no_clip(world: PeopleWorld, login: str) -> None:
    world.night(login, f"simple-{login}")
    with world.person(login) as person:
        person.sign_in(role="simple")
        page = person.page()
        assert "Make it from the recording" not in page
        assert "Not allowed:" in page
        assert "have not allowed this" in person.done("clip", moment=f"simple-{login}", title="x")
        assert "have not allowed this" in person.done("files", clips="A")
        assert "hidden: nobody" in person.done("hide", moment=f"simple-{login}")
    world.sql("DELETE FROM twitch_consents")
    world.sql("DELETE FROM hidden_moments")


def test_refused_and_forged_sign_ins_keep_nothing(world: PeopleWorld, login: str) -> None:
    with world.person(login) as person, world.person(login) as other:
        assert "did not sign in" in person.come_back(person.go_to_twitch(login, deny="1")).text
        brought = person.go_to_twitch(login, login=login)
        assert other.come_back(brought).status_code == 400  # another browser
        assert person.come_back(brought | {"state": "x"}).status_code == 400
        brought = person.go_to_twitch(login, login=login)
        assert person.come_back(brought | {"code": "made-up"}).status_code == 502
        assert person.come_back(brought).status_code == 400  # a state counts once
    assert world.sql("SELECT count(*) FROM twitch_consents") == [(0,)]


def test_no_token_is_readable_in_a_dump(world: PeopleWorld, streamer: Person, login: str) -> None:
    tables = world.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    dump = "".join(str(world.sql(f'SELECT t::text FROM "{table}" AS t')) for (table,) in tables)
    assert world.id_of(login) in dump
    log = world.site.log()
    for text in (dump, log):
        for kind in ("access_token", "refresh_token"):
            assert kind not in text
    (stored,) = world.sql("SELECT tokens FROM twitch_consents")[0]
    assert bytes(stored).startswith(b"gAAAA")  # Fernet's version and time


def test_opting_out_takes_the_consent_back(world: PeopleWorld, streamer: Person, login: str) -> None:
    sent = streamer.http.get("/channels/opt-out/sign-in").headers["location"]
    back = httpx.get(sent, params=query_of(sent) | {"login": login}).headers["location"]
    assert streamer.http.get("/channels/opt-out/return", params=query_of(back)).status_code == 303
    assert "Your channel is opted out" in streamer.http.post("/channels/opt-out").text
    assert world.sql("SELECT count(*) FROM twitch_consents") == [(0,)]
    assert world.twitch.order("tokens_of", login=login)["tokens"] <= 1  # the one that said whose channel it is
    assert streamer.http.get(f"/channels/{login}/yours").status_code == 404
    world.sql("DELETE FROM opt_outs")
