"""A figure above its floor is missed; one that was not measured is not judged."""

from benchmarks._bounds import Bound, judge, missed

BOUNDS = (Bound("syncs a second", 40, 25), Bound("late, s", 4.0, 3.4), Bound("lost", 0, 0))


def test_each_measured_figure_is_judged() -> None:
    table = judge({"syncs a second": 40, "late, s": 4.01}, BOUNDS)
    assert [(line["figure"], line["holds"], line["reaches_goal"]) for line in table] == [
        ("syncs a second", True, False),
        ("late, s", False, False),
    ]
    assert missed(table) == ["late, s: 4.01, at most 4.0"]


def test_a_goal_is_reached() -> None:
    table = judge({"syncs a second": 25, "lost": 0}, BOUNDS)
    assert all(line["reaches_goal"] for line in table)
    assert missed(table) == []
