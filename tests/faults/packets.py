"""Packets that do not arrive on loopback: rules of the packet filter for single ports, taken back afterwards."""

import os
import shutil
import subprocess
from dataclasses import dataclass, field


def why_not() -> str:
    """Why no packets can be lost here; empty where they can."""
    if os.geteuid() != 0:
        return "the packet filter needs root"
    return "" if shutil.which("iptables") else "iptables is missing: apt-get install iptables"


@dataclass
class Packets:
    """The packets to and from one TCP port of 127.0.0.1."""

    port: int
    _rules: list[list[str]] = field(default_factory=list)

    def lose(self, share: float) -> None:
        """From now on this share of them is lost; 1 is a dead link that nobody is told of."""
        chance = [] if share >= 1 else ["-m", "statistic", "--mode", "random", "--probability", str(share)]
        for side in ("--dport", "--sport"):
            rule = ["INPUT", "-i", "lo", "-p", "tcp", side, str(self.port), *chance, "-j", "DROP"]
            subprocess.run(["iptables", "-I", *rule], check=True)
            self._rules.append(rule)

    def arrive(self) -> None:
        """All of them arrive again. Harmless when repeated."""
        while self._rules:
            subprocess.run(["iptables", "-D", *self._rules.pop()], check=True)
