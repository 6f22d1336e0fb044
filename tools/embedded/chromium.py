"""Finds the Chromium that the tests drive; installs it on Debian where this is root."""

import os
import shutil
import subprocess
import sys

from embedded.problems import SetupError, exit_code

NAMES = ("chromium", "chromium-browser", "google-chrome")
INSTALL_SECONDS = 600
HOW = "On Debian: apt-get install chromium"


def path() -> str | None:
    """Chromium's path; None where there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def ensure() -> str:
    """Chromium's path, installed first where that is possible. Raises SetupError with what to do."""
    if there := path():
        return there
    if os.geteuid() == 0 and shutil.which("apt-get"):
        sys.stderr.write("Installing Chromium for the tests of the page ...\n")
        for command in (["apt-get", "update", "-q"], ["apt-get", "install", "-q", "-y", "chromium"]):
            subprocess.run(command, stdout=subprocess.DEVNULL, timeout=INSTALL_SECONDS, check=False)
    if there := path():
        return there
    raise SetupError(f"Chromium is missing; the tests of the page need it. {HOW}")


if __name__ == "__main__":
    raise SystemExit(exit_code(ensure))
