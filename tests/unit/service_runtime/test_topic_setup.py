"""How many partitions a topic gets: what is there decides, then its like, and only then the setting."""

from hypothesis import given
from hypothesis import strategies as st

from contracts.topics import ALL, CHAT_MESSAGES, CLIPS, DEAD_LETTERS, JOB_PROGRESS, MOMENTS, Partitions
from service_runtime.settings import TopicSettings
from service_runtime.topic_setup import planned

numbers = st.integers(1, 100)
wishes = st.builds(Partitions, numbers, numbers)


@given(wishes)
def test_a_first_start_follows_the_setting(wish):
    counts = planned({}, wish, ALL)
    assert (counts[CHAT_MESSAGES.name], counts[MOMENTS.name], counts[CLIPS.name]) == (
        wish.chat,
        wish.others,
        wish.others,
    )
    assert counts[JOB_PROGRESS.name] == counts[DEAD_LETTERS.name] == 1


@given(wishes, wishes)
def test_a_later_start_changes_no_number(first, later):
    there = planned({}, first, ALL)
    assert planned(there, later, ALL) == there


@given(wishes, wishes, st.sampled_from(ALL))
def test_a_new_topic_gets_the_number_of_its_like(first, later, new):
    there = {name: count for name, count in planned({}, first, ALL).items() if name != new.name}
    counts = planned(there, later, ALL)
    if new is not CHAT_MESSAGES:  # it is alone
        assert counts == planned({}, first, ALL)
    assert counts[MOMENTS.name] == counts[CLIPS.name]


def test_the_settings_are_those_of_the_contract():
    assert TopicSettings().partitions() == Partitions()
    assert TopicSettings(chat_partitions=20, other_partitions=5).partitions() == Partitions(chat=20, others=5)
