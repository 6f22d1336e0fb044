"""Becomes one program of a system: `python -m embedded.processes.run PLAN NAME`, as supervisord calls it."""

import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from embedded.processes.processes import MARK, PROGRAM_MARK, die_with_parent, end, marked

PREDECESSOR_SECONDS = 0.0  # what a killed program left behind does not write beside its successor: no grace


def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """End what an earlier run of the program left behind, then become it; it ends with supervisord."""
    plan_file, name = arguments
    plan = json.loads(Path(plan_file).read_text())[name]
    die_with_parent(signal.SIGTERM)
    end(marked(Path(os.environ[MARK]), name), PREDECESSOR_SECONDS)
    environment = {**os.environ, **plan["environment"], PROGRAM_MARK: name}
    os.execvpe(plan["command"][0], plan["command"], environment)  # noqa: S606


if __name__ == "__main__":
    main()
