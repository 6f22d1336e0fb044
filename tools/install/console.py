"""What the operator reads, and what is asked."""

import getpass
import sys
import time

QUIET_SECONDS = 15.0  # between two signs of life where nobody sees a line being rewritten


class Console:
    """A terminal, or a log of one."""

    def __init__(self) -> None:
        self._rewrites = sys.stdout.isatty()
        self._last_sign = 0.0

    def say(self, text: str = "") -> None:
        """Write a line at once."""
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    def ask(self, prompt: str, is_secret: bool) -> str:
        """Ask for one line; a secret is not shown."""
        if is_secret:
            return getpass.getpass(f"{prompt}, not shown: ").strip()
        sys.stdout.write(f"{prompt}: ")
        sys.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line.strip()

    def sign_of_life(self, text: str) -> None:
        """Show that something goes on: in place on a terminal, else from time to time."""
        if self._rewrites:
            sys.stdout.write(f"\r\033[K        {text[:100]}")
            sys.stdout.flush()
        elif time.monotonic() - self._last_sign >= QUIET_SECONDS:
            self._last_sign = time.monotonic()
            self.say(f"        {text[:100]}")

    def end_of_life_signs(self) -> None:
        """Take the rewritten line away."""
        if self._rewrites:
            sys.stdout.write("\r\033[K")
            sys.stdout.flush()
