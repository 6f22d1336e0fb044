"""Drops packets on loopback with packet filter rules for single ports, which are removed afterwards."""

import os
import shutil
import subprocess
from dataclasses import dataclass, field


def why_not() -> str:
    """Return why no packets can be dropped here; empty if they can."""
    if os.geteuid() != 0:
        return "the packet filter needs root"
    return "" if shutil.which("iptables") else "iptables is missing: apt-get install iptables"


@dataclass
class Packets:
    """The packets to and from one TCP port of 127.0.0.1."""

    port: int
    _rules: list[list[str]] = field(default_factory=list)

    def drop(self, share: float) -> None:
        """Drop a share of the packets silently; 1 is a dead link."""
        chance = [] if share >= 1 else ["-m", "statistic", "--mode", "random", "--probability", str(share)]
        for side in ("--dport", "--sport"):
            rule = ["INPUT", "-i", "lo", "-p", "tcp", side, str(self.port), *chance, "-j", "DROP"]
            subprocess.run(["iptables", "-I", *rule], check=True)
            self._rules.append(rule)

    def restore(self) -> None:
        """Remove all rules. Idempotent."""
        while self._rules:
            subprocess.run(["iptables", "-D", *self._rules.pop()], check=True)
