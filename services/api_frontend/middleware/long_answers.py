"""Sends answers that last as long as a page is open, once their requests have left everything else.

Otherwise each of them stays in some twenty coroutines, of middleware, routing and dependencies, which take more memory
than all the rest of an open page (tests/benchmarks/site.py).
"""

from contextlib import ExitStack
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

LIVE = "/events"
KEY = "long_answer"  # in the scope


@dataclass
class LongAnswer:
    """What is left to be sent after the request; `held` is given back when that has ended."""

    held: ExitStack
    rest: ASGIApp | None = None


class LongAnswers:
    """Sends what a view has started and left to be sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].endswith(LIVE):
            await self._app(scope, receive, send)
            return
        with ExitStack() as held:
            answer = LongAnswer(held)
            await self._app({**scope, KEY: answer}, receive, send)
            if answer.rest is not None:
                await answer.rest(scope, receive, send)
