"""A burst becomes one card in an open page, with its curve, summary and clip."""

import re

import pytest
from end_to_end.world import World, closed_with_outcome
from playwright.sync_api import Page, expect

from embedded.processes.waiting import wait_for

TO_THE_PAGE_SECONDS = 60  # far above the goal, which a benchmark measures
REFUSALS = {403: "Clips are restricted for this channel.", 404: "The broadcaster is not live."}


@pytest.fixture(scope="package")
def loud(world: World) -> tuple[str, float]:
    """A channel with a burst of Kappa, and its start time."""
    login = world.fresh_channel()
    return login, world.burst(login, emote="Kappa", chatters=150)


@pytest.fixture(scope="package")
def refused(world: World) -> dict[int, str]:
    """Map each status to a channel with a burst whose clip Twitch refuses with that status."""
    logins = {}
    for status, message in REFUSALS.items():
        logins[status] = world.fresh_channel()
        world.control("refuse_clips", login=logins[status], status=status, message=message, count=1)
        world.burst(logins[status])
    return logins


@pytest.fixture(scope="package", autouse=True)
def at_once(loud: tuple[str, float], refused: dict[int, str]) -> None:
    """Start all bursts before the first test, so that they overlap."""


def test_a_burst_becomes_a_card_in_the_open_page(world: World, page: Page) -> None:
    login = world.fresh_channel()
    page.goto(world.system.url("api") + "/")
    world.burst(login)
    moment = world.wait_for_moment(login, lambda moment: True)
    card = page.locator(f"#m-{moment['id']}")
    pill = page.get_by_role("button", name=re.compile(r"^\d+ new$"))

    def is_shown() -> bool:
        if pill.is_visible():
            pill.click()
        return card.is_visible()

    wait_for("the card is in the open page, without a reload", is_shown, TO_THE_PAGE_SECONDS)

    moment = world.wait_for_moment(login, closed_with_outcome)
    assert moment["clip"]["status"] == "made"
    expect(card).to_contain_text("people at once, usually")
    card.get_by_role("link").first.click()
    expect(page.locator("figure.curve .uplot canvas")).to_be_visible()
    expect(page.locator("figure.curve")).to_contain_text("loudest second")
    expect(page.locator("main")).to_contain_text("LUL")


def test_a_moment_carries_its_evidence(world: World, loud: tuple[str, float]) -> None:
    login, began = loud
    listed = world.wait_for_moment(login, closed_with_outcome)
    moment = world.get(f"/api/v1/moments/{listed['id']}")
    assert moment["emotes"][0]["name"] == "Kappa"
    assert moment["window_chatters"] > 40
    assert moment["times_usual"] > 3
    curve = moment["curve"]
    assert len(curve["messages"]) >= 91
    assert all(curve["covered"][-40:])
    busiest = curve["from_at"] / 1000 + curve["messages"].index(max(curve["messages"]))
    assert began - 2 <= busiest <= began + 20
    truth = [each for each in world.truth("messages") if each["channel_id"] == moment["channel"]["id"]]
    sent = {
        second: sum(1 for each in truth if each["sent_at"] // 1000 == second)
        for second in range(curve["from_at"] // 1000, curve["from_at"] // 1000 + len(curve["messages"]))
    }
    assert curve["messages"] == list(sent.values())  # second by second what the simulator sent


def test_a_clip_comes_through_the_site(world: World, page: Page, loud: tuple[str, float]) -> None:
    """So that it plays on a phone too, which does not reach the simulator."""
    moment = world.wait_for_moment(loud[0], closed_with_outcome)
    site = f"http://localhost:{world.system.ports.api}"
    elsewhere: list[str] = []
    page.on("request", lambda request: None if request.url.startswith(site) else elsewhere.append(request.url))
    page.goto(f"{site}/moments/{moment['id']}")
    play = page.get_by_role("link", name=re.compile("^Play the clip"))
    picture = play.locator("img").element_handle()
    page.wait_for_function("picture => picture.complete && picture.naturalWidth === 480", arg=picture)
    play.click()
    expect(page.frame_locator("iframe").locator("p")).to_contain_text("simulated clip")
    assert elsewhere == []


@pytest.mark.parametrize("status", REFUSALS)
def test_a_refused_clip_is_shown_as_a_moment(world: World, page: Page, refused: dict[int, str], status: int) -> None:
    login = refused[status]
    moment = world.wait_for_moment(login, closed_with_outcome)
    assert moment["clip"]["status"] == "refused"
    assert str(status) in moment["clip"]["reason"]
    page.goto(f"{world.system.url('api')}/?channel={login}")
    card = page.locator(f"#m-{moment['id']}")
    expect(card).to_be_visible()
    expect(card).to_contain_text(re.compile("the stream had ended|does not allow clips"))
