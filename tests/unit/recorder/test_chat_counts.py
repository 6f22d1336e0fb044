"""Counts fit their column, and merge the same in every order."""

from hypothesis import given
from hypothesis import strategies as st

from recorder.rows.chat_counts import LARGEST_COUNT, clamp, merged

COUNTS = st.lists(st.integers(0, 10**9), min_size=60, max_size=60)


@given(COUNTS)
def test_clamping_keeps_small_counts_and_fits_a_smallint(counts):
    clamped = clamp(counts)
    assert all(each <= LARGEST_COUNT for each in clamped)
    assert all(was == now for was, now in zip(counts, clamped, strict=True) if was <= LARGEST_COUNT)


ROWS = st.lists(
    st.builds(
        lambda channel, minute, messages: {
            "channel_id": channel,
            "minute_at": minute * 60_000,
            "messages": messages,
            "chatters": messages[::-1],
        },
        st.sampled_from("ab"),
        st.integers(0, 2),
        st.lists(st.integers(0, 9), min_size=3, max_size=3),
    ),
    max_size=12,
)


@given(ROWS, st.randoms(use_true_random=False))
def test_merging_gives_one_row_per_minute_in_any_order(rows, dice):
    shuffled = [*rows, *rows]
    dice.shuffle(shuffled)
    first, second = ({(row["channel_id"], row["minute_at"]): row for row in merged(each)} for each in (rows, shuffled))
    assert first == second
    assert len(merged(rows)) == len({(row["channel_id"], row["minute_at"]) for row in rows})


def test_merging_takes_the_greater_count_of_each_second():
    rows = [{"channel_id": "a", "minute_at": 0, "messages": each, "chatters": each} for each in ([1, 5], [4, 2])]
    assert merged(rows) == [{"channel_id": "a", "minute_at": 0, "messages": "{4,5}", "chatters": "{4,5}"}]
