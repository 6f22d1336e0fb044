#!/usr/bin/env python3
"""Gives a backup repository another key: `vault-key add` (the new one on standard input), then `vault-key settle`.

`add` uses the key in secrets/backup_key and leaves it; `settle`, once the file holds the new one, removes all others.
What is stored stays readable: restic encrypts with a key of its own, which these open.
"""

import json
import sys
import tempfile
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

HERE = Path(__file__).parent
FILE = HERE / "vault" if (HERE / "vault").exists() else HERE / "vault.py"
LOADER = SourceFileLoader("vault", str(FILE))
vault = module_from_spec(spec_from_loader("vault", LOADER))  # type: ignore[arg-type]
LOADER.exec_module(vault)


def opens(key: Path) -> bool:
    """Return whether a key opens the repository."""
    kept, vault.KEY = vault.KEY, key
    try:
        vault.restic("cat", "config")
    except vault.VaultError as error:
        if "does not open" in str(error):
            return False
        raise
    finally:
        vault.KEY = kept
    return True


def add(new: str) -> None:
    """Let another key open the repository too."""
    if not new:
        raise vault.VaultError("no new key came on standard input")
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(new)
        file.flush()
        if not opens(Path(file.name)):
            vault.restic("key", "add", "--new-password-file", file.name)


def settle() -> None:
    """Leave the key of the file and no other."""
    for key in json.loads(vault.restic("key", "list", "--json")):
        if not key["current"]:
            vault.restic("key", "remove", key["id"])


def main(command: str) -> int:
    """Do it; return 0, or 1 with the reason on standard error."""
    try:
        if command == "add":
            add(sys.stdin.read().strip())
        else:
            settle()
    except (vault.VaultError, OSError) as error:
        sys.stderr.write(f"vault-key: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
