"""What an installation is: steps, each of which looks first whether anything is left to do."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from install.errors import InstallError


@dataclass(frozen=True)
class State:
    """What a step found. `fact`: one line for the operator."""

    is_done: bool
    fact: str


class Step(Protocol):
    """A part of the installation. Killed anywhere in `do`, it can be done again."""

    title: str

    def state(self) -> State:
        """Look, and change nothing."""

    def do(self) -> None:
        """Bring it about. Raises InstallError."""


class Speaker(Protocol):
    """Whoever shows a line to the operator."""

    def say(self, text: str = "") -> None:
        """Show a line."""


def run(steps: Sequence[Step], speaker: Speaker, changed: list[str]) -> None:
    """Do what is not done; note the titles of what was changed. Raises InstallError at the first that fails."""
    for number, step in enumerate(steps, 1):
        place = f"[{number:2}/{len(steps)}]"
        state = step.state()
        if state.is_done:
            speaker.say(f"{place} ok    {step.title}: {state.fact}")
            continue
        speaker.say(f"{place} ...   {step.title}: {state.fact}")
        began = time.monotonic()
        changed.append(step.title)
        step.do()
        state = step.state()
        if not state.is_done:
            raise InstallError(f"{step.title}: {state.fact}")
        speaker.say(f"        done  {state.fact} ({time.monotonic() - began:.0f} s)")
