"""The settings of a Discord server in Chromium: the preview follows what is typed, and everybody can use the pages."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from end_to_end.pages.every_page import AXE, DESKTOP, FIND, PHONE
from integration.support.discord_site import BotWorld, open_world, rows
from integration.support.discord_visitor import page_of
from playwright.sync_api import Browser, BrowserContext, Page, expect

NARROWEST = {"width": 320, "height": 700}
TOO_WIDE = """() => { for (const each of document.querySelectorAll("details")) each.open = true;
    return document.documentElement.scrollWidth - document.documentElement.clientWidth; }"""


@pytest.fixture(scope="module")
def world(postgres_of_module: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BotWorld]:
    """A site whose visitor manages a server that follows two streamers, with a long name in it."""
    with open_world(postgres_of_module, tmp_path_factory.mktemp("bot")) as found:
        found.renew()
        server = found.servers[0]
        rows(found.dsn, "INSERT INTO discord_streamers VALUES ('1', 'luna', 'Luna'), ('2', 'w', %s)", "W" * 60)
        for channel_id in ("1", "2"):
            rows(found.dsn, "INSERT INTO discord_follows VALUES (%s, %s)", server["guild_id"], channel_id)
        live = server["channels"]["live"]
        rows(found.dsn, "UPDATE discord_guilds SET text_channel_id = %s WHERE guild_id = %s", live, server["guild_id"])
        yield found


@pytest.fixture(scope="module")
def cookie(world: BotWorld) -> dict[str, Any]:
    """The session of the server's owner."""
    with world.owner_of(world.servers[0]) as visitor:
        value = visitor.sign_in().http.cookies["discord_session"]
    return {"name": "discord_session", "value": value, "url": f"{world.site.url}/discord"}


def opened(chromium: Browser, cookie: dict[str, Any], **options: Any) -> BrowserContext:
    """A browser that is signed in."""
    context = chromium.new_context(bypass_csp=True, reduced_motion="reduce", **options)
    context.add_cookies([cookie])  # type: ignore[list-item]
    return context


@pytest.fixture
def page(chromium: Browser, world: BotWorld, cookie: dict[str, Any]) -> Iterator[Page]:
    """The server's page."""
    context = chromium.new_context(viewport=DESKTOP)  # with the site's own policy: it must not hinder the script
    context.add_cookies([cookie])  # type: ignore[list-item]
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    page.goto(world.site.url + page_of(world.servers[0]))
    yield page
    assert problems == []
    context.close()


def test_the_preview_follows_what_is_typed(page: Page, world: BotWorld) -> None:
    form = page.locator("form[action$='/setchannel']")
    message = form.get_by_label("Message")
    expect(form.get_by_role("button", name="Preview")).to_be_hidden()  # the script needs no button
    message.fill("")
    message.press_sequentially("Hello **{name}**")
    preview = form.locator(".dc-text").first
    expect(preview).to_have_text("Hello Luna")
    expect(preview.locator("strong")).to_have_text("Luna")
    form.get_by_label("Role that is mentioned").select_option(label="@Live pings")
    expect(preview).to_have_text("@Live pings Hello Luna")
    expect(form.locator(".dc")).to_have_count(2)
    form.get_by_label("At a stream’s end").select_option("delete")
    expect(form.locator(".dc")).to_have_count(1)
    message.fill("{nam}")
    expect(form.get_by_role("alert")).to_contain_text("There is no field")
    expect(message).to_have_value("{nam}")
    assert rows(world.dsn, "SELECT DISTINCT template FROM discord_guilds") == [("",)]


def test_settings_are_saved_by_keyboard(page: Page, world: BotWorld) -> None:
    form = page.locator("form[action$='/clips']")
    form.get_by_label("Post moments").focus()
    page.keyboard.press("Space")
    expect(form.locator(".dc")).to_have_count(1)
    form.get_by_role("button", name="Save the moments").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("The moments are saved.")
    assert rows(world.dsn, "SELECT count(*) FROM discord_guilds WHERE moments_on") == [(1,)]


def test_without_a_script_the_button_shows_the_preview(
    chromium: Browser, world: BotWorld, cookie: dict[str, Any]
) -> None:
    context = opened(chromium, cookie, java_script_enabled=False)
    page = context.new_page()
    page.goto(world.site.url + page_of(world.servers[0]))
    form = page.locator("form[action$='/setchannel']")
    form.get_by_label("Message").fill("Plain {name}")
    form.get_by_role("button", name="Preview").click()
    expect(form.locator(".dc-text").first).to_have_text("Plain Luna")
    expect(form.get_by_label("Message")).to_have_value("Plain {name}")
    context.close()


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (DESKTOP, "light")])
def test_axe_finds_nothing(
    chromium: Browser, world: BotWorld, cookie: dict[str, Any], size: dict[str, int], scheme: str
) -> None:
    context = opened(chromium, cookie, viewport=size, color_scheme=scheme)
    context.add_init_script(path=Path(AXE))
    own = page_of(world.servers[0])
    page = context.new_page()
    for address in ("/discord", "/discord/servers", own, f"{own}/streamers/1"):
        page.goto(world.site.url + address)
        assert page.evaluate(FIND) == [], address
    context.clear_cookies()
    for address in ("/discord/servers", own):
        page.goto(world.site.url + address)
        assert page.evaluate(FIND) == [], address
    context.close()


def test_nothing_is_wider_than_the_narrowest_phone(chromium: Browser, world: BotWorld, cookie: dict[str, Any]) -> None:
    context = opened(chromium, cookie, viewport=NARROWEST, locale="de")
    own = page_of(world.servers[0])
    page = context.new_page()
    for address in ("/discord", "/discord/servers", own, f"{own}/streamers/2"):
        page.goto(world.site.url + address)
        assert page.evaluate(TOO_WIDE) == 0, address
    context.close()
