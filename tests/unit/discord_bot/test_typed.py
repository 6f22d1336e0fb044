"""What people type: names, templates, moods; wrong ones are answered with what to type."""

import pytest

from discord_bot.commands.suggesting import begun_list, choices_of
from discord_bot.data.suggestions import pattern_of
from discord_notices.rules.guild import MOST_TEMPLATE
from discord_notices.settings.typed import MOST_NAMES, moods_in, names_in, template_in
from discord_notices.settings.wrong_input import WrongInput


def test_a_pasted_list_in_any_form() -> None:
    pasted = "Ninja, https://www.twitch.tv/shroud?x=1\n@pokimane id:123  ninja"
    assert [str(name) for name in names_in(pasted)] == ["ninja", "shroud", "pokimane", "id:123"]


def test_what_is_no_name_is_named_and_does_nothing() -> None:
    with pytest.raises(WrongInput, match="no Twitch channel") as error:
        names_in("ninja, @everyone!")
    assert "@everyone" not in str(error.value)
    with pytest.raises(WrongInput):
        names_in("  ")
    with pytest.raises(WrongInput, match=str(MOST_NAMES)):
        names_in(",".join(f"n{number}" for number in range(MOST_NAMES + 1)))


def test_a_template() -> None:
    assert template_in(" {name}\\n{url} ") == "{name}\n{url}"
    assert template_in("Default") == ""
    with pytest.raises(WrongInput, match=r"\{nam\}") as error:
        template_in("{nam} {title}")
    assert "`{viewers}`" in str(error.value)
    with pytest.raises(WrongInput):
        template_in("x" * (MOST_TEMPLATE + 1))


def test_moods() -> None:
    assert moods_in("Laughter, hype") == ["laughter", "hype"]
    assert moods_in("all") == []
    with pytest.raises(WrongInput, match="laughter"):
        moods_in("joy")


def test_suggestions_complete_the_last_entry_of_a_list() -> None:
    assert begun_list("a, b, nin") == ("a, b, ", "nin")
    assert begun_list("nin") == ("", "nin")
    assert [each.value for each in choices_of([("x" * 200, "x"), ("", "y"), ("z", "z" * 101)])] == ["x"]


def test_what_is_typed_is_no_pattern() -> None:
    assert pattern_of(" 50%_A\\ ") == "50\\%\\_a\\\\%"
