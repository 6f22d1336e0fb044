"""The lease: one instance sends, and stops before another one may."""

import asyncio

from discord_bot.holding import MARGIN_SECONDS, Holding
from service_runtime.postgres import PostgresAwayError


class Answers:
    """A lease that answers what a test says, and the clock with it."""

    def __init__(self, *answers: bool | None) -> None:
        self.answers = list(answers)
        self.now = 100.0
        self.given_back = 0

    async def take(self) -> bool:
        answer = self.answers.pop(0) if self.answers else None
        if answer is None:
            raise PostgresAwayError("away")
        return answer

    async def give_back(self) -> None:
        self.given_back += 1

    def holding(self, seconds: float = 15.0) -> Holding:
        return Holding(self, seconds, lambda: self.now)  # type: ignore[arg-type]


async def test_nobody_sends_without_the_lease() -> None:
    assert not Answers().holding().holds()


async def test_it_is_held_until_shortly_before_its_end() -> None:
    lease = Answers(True)
    holding = lease.holding(15.0)
    await holding.wait()
    assert holding.holds()
    lease.now += 15.0 - MARGIN_SECONDS - 0.1
    assert holding.holds()
    lease.now += 0.2
    assert not holding.holds()


async def test_it_waits_while_another_instance_has_it_or_postgres_is_away() -> None:
    lease = Answers(False, None, True)
    holding = lease.holding(MARGIN_SECONDS + 0.03)
    await asyncio.wait_for(holding.wait(), 5.0)
    assert lease.answers == []
    assert holding.holds()


async def test_a_no_ends_it_at_once() -> None:
    lease = Answers(True, True, False)
    holding = lease.holding(MARGIN_SECONDS + 0.03)
    await holding.wait()
    await asyncio.wait_for(holding.keep(), 5.0)
    assert lease.answers == []
    assert not holding.holds()


async def test_it_is_given_back() -> None:
    lease = Answers(True)
    holding = lease.holding()
    await holding.wait()
    await holding.give_back()
    assert lease.given_back == 1
    assert not holding.holds()
