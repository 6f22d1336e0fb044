"""What a provider does instead of a good answer, on order."""

from dataclasses import dataclass, field
from typing import Final, Literal, get_args

FaultKind = Literal[
    "away",
    "slow",
    "null_set",
    "no_set",
    "missing",
    "html",
    "large",
    "half",
    "limit",
    "empty",
    "null",
    "odd",
    "redirect",
]
KINDS: Final[tuple[str, ...]] = get_args(FaultKind)
LARGE_BYTES = 8 * 1024 * 1024


@dataclass
class ProviderFault:
    """Spoils the next `count` answers of a provider about a scope: a channel's id, "" for everybody's, None for any."""

    provider: str
    kind: FaultKind
    scope: str | None
    count: int
    seconds: float

    def is_about(self, provider: str, scope: str) -> bool:
        """Return whether it spoils an answer."""
        return self.count > 0 and self.provider == provider and self.scope in (None, scope)

    def count_down(self) -> None:
        """Use up one of the spoiled answers."""
        self.count -= 1


@dataclass
class ProviderFaults:
    """All active faults of the emotes' providers."""

    active: list[ProviderFault] = field(default_factory=list)

    def set(self, fault: ProviderFault) -> None:
        """Add a fault; a count of 0 cancels those of the same provider and scope."""
        if fault.count:
            self.active.append(fault)
        else:
            self.active = [each for each in self.active if (each.provider, each.scope) != (fault.provider, fault.scope)]

    def following(self, provider: str, scope: str) -> ProviderFault | None:
        """Return the fault of the next answer and count it down."""
        for fault in self.active:
            if fault.is_about(provider, scope):
                fault.count_down()
                return fault
        return None
