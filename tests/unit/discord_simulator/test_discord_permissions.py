"""Permissions: roles, then overwrites, and what an owner may."""

from hypothesis import given, settings
from hypothesis import strategies as st

from discord_simulator.world.permissions import (
    ALL,
    MEMBER,
    ROLE,
    Overwrite,
    Permission,
    base_permissions,
    channel_permissions,
)

VIEW, SEND = int(Permission.VIEW_CHANNEL), int(Permission.SEND_MESSAGES)
EVERYONE, RED, BLUE, PERSON = 1, 2, 3, 4
flags = st.integers(0, (1 << 32) - 1)


def in_channel(*overwrites: Overwrite, base: int = VIEW | SEND, roles: tuple[int, ...] = (RED, BLUE)) -> int:
    return channel_permissions(base, overwrites, EVERYONE, roles, PERSON)


def test_roles_add_up() -> None:
    assert base_permissions(VIEW, [SEND]) == VIEW | SEND
    assert base_permissions(0, [int(Permission.ADMINISTRATOR)]) == ALL


def test_a_channel_denies_everyone() -> None:
    assert in_channel(Overwrite(EVERYONE, ROLE, deny=SEND)) == VIEW


def test_a_role_that_allows_wins_over_one_that_denies() -> None:
    denied = Overwrite(RED, ROLE, deny=SEND)
    assert in_channel(denied) == VIEW
    assert in_channel(denied, Overwrite(BLUE, ROLE, allow=SEND)) == VIEW | SEND
    assert in_channel(Overwrite(BLUE, ROLE, deny=SEND), roles=(RED,)) == VIEW | SEND


def test_the_members_own_overwrite_is_the_last() -> None:
    role = Overwrite(RED, ROLE, allow=SEND)
    assert in_channel(role, Overwrite(PERSON, MEMBER, deny=SEND)) == VIEW


def test_without_the_view_nothing_is_left() -> None:
    assert in_channel(Overwrite(EVERYONE, ROLE, deny=VIEW)) == 0


@settings(max_examples=30)
@given(st.lists(st.builds(Overwrite, st.sampled_from([EVERYONE, RED, PERSON]), st.just(ROLE), flags, flags)))
def test_no_overwrite_takes_from_an_administrator(overwrites: list[Overwrite]) -> None:
    assert in_channel(*overwrites, base=ALL) == ALL


@given(flags, flags, flags)
def test_what_everyone_is_denied_needs_somebody_who_allows_it(base: int, allow: int, deny: int) -> None:
    base &= ~int(Permission.ADMINISTRATOR)
    left = in_channel(Overwrite(EVERYONE, ROLE, allow, deny), base=base)
    assert left & deny & ~allow == 0
