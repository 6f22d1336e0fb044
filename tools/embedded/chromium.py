"""Finds the Chromium that the tests drive; installs it on Debian if run as root."""

import os
import shutil
import subprocess
import sys

from embedded.problems import SetupError, exit_code

NAMES = ("chromium", "chromium-browser", "google-chrome")
INSTALL_SECONDS = 600
HINT = "On Debian: apt-get install chromium"


def path() -> str | None:
    """Return Chromium's path; None if it is not installed."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def ensure() -> str:
    """Return Chromium's path, installing it if possible. Raises SetupError with what to do."""
    if found := path():
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        sys.stderr.write("Installing Chromium for the tests of the page ...\n")
        for command in (["apt-get", "update", "-q"], ["apt-get", "install", "-q", "-y", "chromium"]):
            subprocess.run(command, stdout=subprocess.DEVNULL, timeout=INSTALL_SECONDS, check=False)
    if found := path():
        return found
    raise SetupError(f"Chromium is missing; the tests of the page need it. {HINT}")


if __name__ == "__main__":
    raise SystemExit(exit_code(ensure))
