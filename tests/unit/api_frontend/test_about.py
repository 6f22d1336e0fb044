"""What the page about the site says of its figures."""

from api_frontend.reader import Reader, reading
from api_frontend.views.about import RECORDINGS, in_ten, per_hour, recording_name, recordings


def test_every_recording_has_a_name_that_is_translated() -> None:
    titles = {each.title for each in recordings()}
    assert titles == set(RECORDINGS)
    with reading(Reader("de")):
        assert all(recording_name(title) not in (title, RECORDINGS[title]) for title in titles)
    assert recording_name("a new one") == "a new one"


def test_shares_and_rates_are_said_as_people_do() -> None:
    assert (in_ten(0.86), per_hour(10.67), per_hour(1.02), per_hour(0.5)) == (
        "9 of 10",
        "11 moments an hour",
        "1 moment an hour",
        "0.5 moments an hour",
    )
    with reading(Reader("de")):
        assert per_hour(0.5) == "0,5 Momente pro Stunde"
