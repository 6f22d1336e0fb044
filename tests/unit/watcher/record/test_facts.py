"""What a look says of each part of the site."""

from dataclasses import replace

import pytest

from contracts.uptime import Part
from watcher.record.facts import MOST_BACK_SECONDS, Facts, Limits, Seen, Stage, Stored, say
from watcher.record.sources import behind

LIMITS = Limits(heartbeat_seconds=60, data_seconds=300)
FRESH = {"capture": Stage(1, 2), "recorder": Stage(1, 1), "job": Stage(1, 5)}
WELL = Stored(FRESH, has_clips=True, moments=8, clips=3, bot_seconds=-20.0)
ALL = Facts(site=True, has_standby=True, standby_behind=2.0, stored=WELL)
UP = Seen(is_up=True)


def stages(**changed: Stage) -> Stored:
    return replace(WELL, stages=FRESH | changed)


def test_all_is_up() -> None:
    assert say(ALL, LIMITS) == dict.fromkeys((part for part in Part if part is not Part.WORK), UP)


def test_what_nobody_can_tell_is_not_said() -> None:
    assert say(Facts(), LIMITS) == {}
    assert say(Facts(stored=Stored()), LIMITS) == {}


def test_without_postgres_only_the_site_and_the_standby_are_known() -> None:
    said = say(Facts(site=False, has_standby=True, standby_behind=1.0), LIMITS)
    assert said == {Part.WEBSITE: Seen(False), Part.CHAT: UP}


def test_while_b_is_away_the_standby_reads_chat() -> None:
    silent = Stage(90, 95)
    said = say(replace(ALL, stored=stages(capture=silent, recorder=silent, job=silent)), LIMITS)
    assert said[Part.CHAT] == UP
    assert said[Part.MOMENTS] == said[Part.CLIPS] == Seen(False, 90)


@pytest.mark.parametrize(
    ("standby", "capture", "recorder", "expected"),
    [
        (500.0, Stage(1, 130), Stage(1, 1), Seen(False, 130)),  # neither reads
        (500.0, Stage(1, 2), Stage(1, 1), UP),  # B does
        (None, Stage(300, 300), Stage(300, 300), Seen(False, 300)),  # neither answers
        (None, Stage(1, 2), Stage(1, 1), UP),
    ],
)
def test_chat_is_read_if_either_machine_reads_it(
    standby: float | None, capture: Stage, recorder: Stage, expected: Seen
) -> None:
    facts = replace(ALL, standby_behind=standby, stored=stages(capture=capture, recorder=recorder))
    assert say(facts, LIMITS)[Part.CHAT] == expected


def test_without_a_standby_nobody_knows_what_b_reads_while_it_is_silent() -> None:
    silent = Stage(300, 300)
    facts = Facts(site=True, stored=stages(capture=silent, recorder=silent, job=silent))
    assert Part.CHAT not in say(facts, LIMITS)


def test_old_data_is_dated_back_to_the_last_that_was_processed_but_not_for_ever() -> None:
    assert say(replace(ALL, stored=stages(job=Stage(1, 301))), LIMITS)[Part.MOMENTS] == Seen(False, 301)
    assert say(replace(ALL, stored=stages(job=Stage(1, 300))), LIMITS)[Part.MOMENTS] == UP
    said = say(replace(ALL, stored=stages(job=Stage(1, 86_400))), LIMITS)
    assert said[Part.MOMENTS] == Seen(False, MOST_BACK_SECONDS)


def test_clips_are_down_where_of_some_moments_none_has_one() -> None:
    without = replace(WELL, moments=5, clips=0, unclipped_seconds=700.0)
    assert say(replace(ALL, stored=without), LIMITS)[Part.CLIPS] == Seen(False, 700)
    assert say(replace(ALL, stored=replace(without, moments=4)), LIMITS)[Part.CLIPS] == UP
    assert Part.CLIPS not in say(replace(ALL, stored=replace(without, has_clips=False)), LIMITS)


def test_a_bot_is_down_when_its_lease_ended_and_gone_after_a_week() -> None:
    def bot(seconds: float | None) -> Seen | None:
        return say(replace(ALL, stored=replace(WELL, bot_seconds=seconds)), LIMITS).get(Part.DISCORD)

    assert bot(30.0) == UP
    assert bot(31.0) == Seen(False, 31)
    assert bot(8 * 86_400.0) is None
    assert bot(None) is None


def test_how_far_the_standby_is_behind_is_read_from_its_metrics() -> None:
    name = "stream_monitoring_tick_age_seconds"
    assert behind(f"# HELP {name} Age\n# TYPE {name} gauge\n{name}_other 9\n{name} 2.5\n") == 2.5
    assert behind(f"{name} NaN\n") is None
    assert behind("") is None
