"""How a deploy ended, and what the operator is told of it: version, seconds, result, next command."""

from dataclasses import dataclass
from enum import Enum


class Result(Enum):
    """The exit code of each end."""

    DEPLOYED = 0
    BACK = 1  # the version before serves
    REFUSED = 2  # nothing was touched
    STUCK = 3  # somebody has to look


@dataclass(frozen=True)
class Outcome:
    """`failed`: what went wrong on the way there; `stuck`: what went wrong on the way back."""

    result: Result
    machine: str
    file: str
    version: str
    version_before: str
    seconds: float = 0.0
    failed: str = ""
    stuck: str = ""

    def text(self) -> str:
        """Write one message to the operator."""
        if self.result is Result.REFUSED:
            return f"Nothing was changed. {self.failed}"
        next_command = f" Next, on {self.next_machine}: {self.next_command}"
        return f"Stream Scout: {self._told()}.{next_command}"

    def _told(self) -> str:
        seconds = f"{self.seconds:.0f} s"
        if self.result is Result.DEPLOYED:
            return f"version {self.version} runs on machine {self.machine}, after {seconds}"
        why = f"version {self.version} did not work on machine {self.machine} ({self.failed})"
        if self.result is Result.BACK:
            return f"{why}, and version {self.version_before} runs again, after {seconds}"
        return f"{why}, and the way back to {self.version_before} failed too after {seconds} ({self.stuck})"

    @property
    def next_machine(self) -> str:
        """The machine of the next command."""
        return "B" if self.result is Result.DEPLOYED else self.machine

    @property
    def next_command(self) -> str:
        """What to type next."""
        if self.result is Result.DEPLOYED and self.machine == "A":
            return f"infrastructure/deploy.sh B {self.version}"
        if self.result is Result.DEPLOYED:
            return "make status"
        if self.result is Result.BACK:
            return "tail -n 50 .deploy/removed.log"
        return f"docker compose -f {self.file} ps"
