"""Names and titles: made up, unique, in the channel's language, and within Twitch's rules."""

import re
from random import Random

from twitch_simulator.crowd.categories import CATEGORIES, GAMES, make_title
from twitch_simulator.crowd.channels import LANGUAGES, plan_channels
from twitch_simulator.crowd.names import make_name

CHANNELS = plan_channels(7, 2000)
OWN_SCRIPT = ("ja", "ko", "zh")


def test_logins_are_such_as_twitch_allows_and_display_names_differ_by_capitals_only() -> None:
    assert all(re.fullmatch(r"[a-z0-9]\w{2,24}", each.login, re.ASCII) for each in CHANNELS)
    latin = [each for each in CHANNELS if each.display_name.isascii()]
    assert all(each.display_name.lower() == each.login for each in latin)
    assert sum(each.display_name != each.login for each in latin) > len(latin) / 2
    own = [each for each in CHANNELS if not each.display_name.isascii()]
    assert {each.language for each in own} == set(OWN_SCRIPT)
    assert all(len(each.display_name) <= 25 for each in own)


def test_a_few_channels_of_a_demo_have_names_in_their_own_script() -> None:
    shares = [sum(not each.display_name.isascii() for each in plan_channels(seed, 40)) for seed in range(30)]
    assert sum(shares) / 30 > 2
    assert max(shares) < 20


def test_names_stay_unique_when_there_are_more_channels_than_names() -> None:
    rng, taken = Random(1), set[str]()
    logins = [make_name(rng, "ko", taken)[0] for _ in range(3000)]
    assert len(set(logins)) == 3000
    assert all(len(login) <= 25 for login in logins)


def test_names_of_forty_channels_resemble_no_other() -> None:
    letters = ["".join(filter(str.isalpha, each.login)) for each in plan_channels(3, 40)]
    assert len(set(letters)) == 40


def test_a_title_is_in_the_language_and_fits_the_category() -> None:
    rng = Random(1)
    for language in set(LANGUAGES):
        titles = {make_title(rng, language, category) for category in CATEGORIES.values() for _ in range(30)}
        assert len(titles) > 15
        assert not any(re.search(r"[{}]", title) or len(title) > 140 for title in titles)
    ours = {each.title for each in CHANNELS if each.language == "de"}
    assert ours & {"Licht aus, Ton an", "Erst Kaffee, dann Minecraft", "Community-Abend !discord"}
    talks = {make_title(rng, "en", CATEGORIES["509658"]) for _ in range(200)}
    assert not any("Just Chatting" in title for title in talks)


def test_many_categories_are_played() -> None:
    played = [GAMES[each.game_id] for each in CHANNELS]
    assert len(set(played[:40])) >= 10
    assert set(played) == set(GAMES.values())
    assert played.count("Just Chatting") > 3 * played.count("Hearthstone")
