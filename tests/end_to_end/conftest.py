"""The whole system with the simulator, started once, and a page in Chromium."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from end_to_end.made_before import make_topics, setting
from end_to_end.world import World
from playwright.sync_api import Page, sync_playwright

from contracts.topics import DEFAULT, LARGE
from embedded import chromium
from embedded.addresses import Ports
from embedded.system import System

CHROMIUM_FLAGS = [  # as root and without a network
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CALM = {
    "channels": 16,
    "messages_per_second": 60,
    "bursts_per_minute": 0,
    "notices_per_minute": 0,
    "always_live": True,
    "clip_delay_seconds": 2,
    "seed": 7,
}


@pytest.fixture(scope="session")
def chat_data() -> Path:
    """The folder of recorded chat; skips if there is none."""
    folder = os.environ.get("CHAT_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("CHAT_DATA names no folder of recorded chat")
    return Path(folder)


@pytest.fixture(scope="package")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A running system with calm channels that have a baseline."""
    directory, ports = tmp_path_factory.mktemp("system"), Ports.free()
    make_topics(directory, ports, DEFAULT)
    large = {"topic_setup": setting(LARGE)}  # too late: the topics are there
    with System(directory, ports, simulator_options=CALM, environment=large) as system:
        world = World(system)
        world.wait_for_baseline()
        yield world


@pytest.fixture
def page() -> Iterator[Page]:
    """A page in Chromium with a desktop's width."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.ensure(), args=CHROMIUM_FLAGS)
        try:
            yield browser.new_page(viewport={"width": 1280, "height": 900})
        finally:
            browser.close()
