from pathlib import Path

import pytest
from msgspec.structs import replace

import contracts
from clip_creator.budget import HourlyBudget
from clip_creator.cool_down import CoolDown
from clip_creator.intents import Credentials, acted_on, decide
from clip_creator.outcomes import following, is_open
from contracts import codec
from contracts.clips import Clip
from contracts.moments import Moment

EXAMPLES = Path(contracts.__file__).parent / "examples" / "moments"
BURST: Moment = codec.decode("moments", (EXAMPLES / "peaked.json").read_bytes())
NOW = BURST.peak_at + 8_000
ALL = Credentials(application=True, user=True)


def decided(moment: Moment = BURST, now: int = NOW, credentials: Credentials = ALL, **state: object) -> Clip:
    cool_down, budget = state.get("cool_down", CoolDown(60)), state.get("budget", HourlyBudget(10))
    return decide(moment, now, credentials, cool_down, budget)  # type: ignore[arg-type]


@pytest.mark.parametrize(("revision", "acts"), [("raised", False), ("peaked", True), ("closed", True)])
def test_raised_is_not_acted_on(revision: str, acts: bool):
    assert acted_on(replace(BURST, revision=revision)) is acts


def test_a_cause_waits_for_what_the_closed_moment_says_of_it():
    raid = replace(BURST, no_clip_reason="cause", causes=["raid"])
    assert not acted_on(raid)
    assert acted_on(replace(raid, revision="closed"))
    after_all = replace(raid, revision="closed", no_clip_reason=None)
    assert decided(after_all, now=BURST.peak_at + 31_000).status == "intent"


def test_a_detector_on_trial_is_not_acted_on():
    assert not acted_on(replace(BURST, revision="closed", shadow=True))


@pytest.mark.parametrize(
    ("reason", "words"),
    [("cause", "a raid drove chat"), ("rate", "quieter than other recent moments")],
)
def test_what_the_detector_rules_out_is_skipped_with_the_reason_in_words(reason: str, words: str):
    for credentials in (ALL, Credentials(application=False, user=False)):
        clip = decided(replace(BURST, no_clip_reason=reason, causes=["raid"]), credentials=credentials)
        assert (clip.status, clip.reason, clip.revision_number) == ("skipped", words, 2)
        assert not is_open(clip)


def test_an_intents_duration_is_that_of_the_stretch_that_the_moment_names():
    longer = replace(BURST, clip_from_at=BURST.clip_from_at - 4_000)
    assert (decided(longer).duration_seconds or 0) == (decided().duration_seconds or 0) + 4


def test_an_intent_has_a_title_and_a_duration_and_the_first_revision():
    intent = decided()
    assert (intent.status, intent.revision_number) == ("intent", 1)
    assert intent.title
    assert 5 <= (intent.duration_seconds or 0) <= 60
    assert is_open(intent)


def test_no_credentials():
    clip = decided(credentials=Credentials(application=False, user=False))
    assert (clip.status, clip.reason, clip.revision_number) == ("skipped", "no credentials", 2)


def test_nobody_signed_in():
    clip = decided(credentials=Credentials(application=True, user=False))
    assert clip.status == "skipped"
    assert "python seed_twitch_tokens.py" in clip.reason


def test_too_late():
    clip = decided(now=BURST.crossed_at + 80_000)
    assert clip.status == "too_late"
    assert is_open(clip)  # the recording is still to be looked up


def test_cool_down_and_budget_skip_with_their_reason():
    cool_down, budget = CoolDown(60), HourlyBudget(1)
    cool_down.note(BURST.channel_id, BURST.crossed_at - 10_000)
    assert "50 s after" in decided(cool_down=cool_down).reason
    budget.note("another", BURST.crossed_at - 10_000)
    assert "budget" in decided(budget=budget).reason


def test_every_following_record_has_a_higher_revision():
    intent = decided()
    accepted = following(intent, "intent", NOW, clip_id="C")
    made = following(accepted, "made", NOW)
    refused = following(intent, "refused", NOW, "403")
    assert [accepted.revision_number, made.revision_number, refused.revision_number] == [2, 3, 2]
    assert not is_open(made)
    assert made.clip_id == "C"
