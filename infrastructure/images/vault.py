#!/usr/bin/env python3
"""Keeps and finds backups in a restic repository: what infrastructure/backup.sh and restore.sh run in a container.

A backup is two snapshots of the same time: a stream (a dump), and files. Only what was stored whole carries its kind as
a tag; what was cut off stays `partial` and is never restored. It says in one line what went wrong, and ends with 1.
"""

import argparse
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

KEPT = Path(os.environ.get("VAULT_KEPT", "/kept"))  # secrets/ and Grafana's folder, for reading
STATE = Path(os.environ.get("VAULT_STATE", "/var/lib/stream-scout"))  # restic's cache, between runs
COPIES = Path(os.environ.get("VAULT_COPIES", "/tmp/copies"))  # noqa: S108  # nosec B108  # in memory
TARGET = os.environ.get("BACKUP_REPOSITORY") or os.environ.get("VAULT_FOLDER", "/target")
HOST = os.environ.get("VAULT_MACHINE", "reliable")
KEY = KEPT / "secrets" / "backup_key"
CREDENTIALS = re.compile(r"(AWS|B2|AZURE|GOOGLE|OS|RESTIC_REST|ST)_[A-Z0-9_]+")
TIMES = "%Y-%m-%d %H:%M:%S"  # restic's, here always UTC
PARTIAL = "partial"
DUMP, TYPED, FILES = "stream_scout.dump", "typed.sql", "files"  # what a backup consists of
# How many are kept: (kind, restic's rule).
KEEP = (
    ("full", ["--keep-last", "3", "--keep-daily", "7", "--keep-weekly", "4"]),
    ("processing", ["--keep-last", "3", "--keep-daily", "7", "--keep-weekly", "4"]),
    ("typed", ["--keep-last", "30", "--keep-hourly", "48"]),
    (PARTIAL, ["--keep-within", "2h"]),
)
WEBHOOK_SECONDS = 10
QUICK_SECONDS, LONG_SECONDS = 180.0, 6 * 3600.0  # restic itself tries for a quarter of an hour, again and again
# What restic says, and what it means for a person. The first that fits.
MEANINGS = (
    (r"wrong password|no key found", "the key in secrets/backup_key does not open {target}"),
    (r"unable to open config file|Is there a repository", "there is no repository at {target}, or it is away"),
    (r"no space left|disk quota|storage full|QuotaExceeded|StorageFull", "{target} is full"),
    (r"connection refused|no route to host|no such host|timed? ?out|unreachable|Could not resolve|Connection closed"
     r"|subprocess ssh exited|Host key verification|Permission denied \(|reset by peer|unexpected EOF from ssh"
     r"|unable to start the sftp session",  # all that restic says where ssh ended before it was asked anything
     "{target} does not answer, or refuses the login"),
    (r"read-only file system|permission denied|AccessDenied", "{target} may not be written to"),
    (r"already locked", "another backup has {target} locked; it lets go by itself within 30 minutes"),
    (r"ciphertext verification failed|invalid data|hash mismatch|unexpected EOF|does not match|not found in repo|load <"
     r"|not found in index|checksum|no such file|IDs? not found|is damaged|file does not exist|blob .* not found",
     "the backup is damaged: parts of it at {target} are missing or cut off"),
)  # fmt: skip


class VaultError(RuntimeError):
    """What went wrong, for a person."""


def meaning(said: str) -> str:
    """Return what restic's complaint means."""
    for pattern, text in MEANINGS:
        if re.search(pattern, said, re.IGNORECASE):
            return text.format(target=TARGET)
    return f"restic failed at {TARGET}"


def failed(said: str) -> VaultError:
    """Return the error of a run of restic, with the last line that it said."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return VaultError(f"{meaning(said)} ({lines[-1] if lines else 'it said nothing'})")


def environment() -> dict[str, str]:
    """Return the environment of restic: its key, its cache, and the credentials of the target."""
    if not KEY.is_file() or not KEY.read_text().strip():
        raise VaultError("secrets/backup_key is missing or empty: make secrets, or copy it from where you keep it")
    found = {"RESTIC_PASSWORD_FILE": str(KEY), "RESTIC_REPOSITORY": TARGET, "RESTIC_CACHE_DIR": str(STATE / "cache")}
    file = KEPT / "secrets" / "backup_credentials"
    for line in file.read_text().splitlines() if file.is_file() else []:
        name, separator, value = line.partition("=")
        if separator and CREDENTIALS.fullmatch(name.strip()):
            found[name.strip()] = value.strip()
    return {**os.environ, "TZ": "UTC", "GOMAXPROCS": "2", "GOGC": "25", **found}


def by_ssh() -> list[str]:
    """Return restic's option for a target by SFTP: our key and the host that it may be, and no question asked."""
    found = re.fullmatch(r"sftp:(?://)?((?:[^@/]+@)?[^:/]+)(?::(\d+))?[:/].*", TARGET)
    if not found:
        return []
    key, known = COPIES / "ssh_key", KEPT / "secrets" / "backup_known_hosts"
    COPIES.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copyfile(KEPT / "secrets" / "backup_ssh_key", key)
    key.chmod(0o600)
    port = f"-p {found[2]} " if found[2] else ""
    options = f"-o BatchMode=yes -o ConnectTimeout=20 -o UserKnownHostsFile={known} -o IdentitiesOnly=yes"
    return ["-o", f"sftp.command=ssh {port}-i {key} {options} {found[1]} -s sftp"]


def restic(
    *arguments: str,
    stdin: IO[bytes] | None = None,
    stdout: int | IO[bytes] = subprocess.PIPE,
    seconds: float = QUICK_SECONDS,
) -> bytes:
    """Run restic and return what it printed. Raises VaultError."""
    try:
        done = subprocess.run(  # nosec B607  # the image's restic
            ["restic", *by_ssh(), *arguments],
            stdin=stdin or subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            env=environment(),
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        lines = (error.stderr or b"").decode(errors="replace").strip().splitlines()
        raise VaultError(f"{TARGET} does not answer ({lines[-1] if lines else f'{seconds:g} s'})") from None
    said = done.stderr.decode(errors="replace")
    if done.returncode == -signal.SIGPIPE or (done.returncode and "broken pipe" in said):
        raise SystemExit(1)  # whoever read it ended first, and says why
    if done.returncode:
        raise failed(said)
    return done.stdout or b""


def snapshots(name: str, *tags: str) -> list[dict[str, Any]]:
    """Return this machine's snapshots of a stream or of the files, the newest first."""
    wanted = [word for tag in tags for word in ("--tag", tag)]
    found = json.loads(restic("snapshots", "--json", "--host", HOST, *wanted))
    mine = [each for each in found or [] if name in {Path(path).name for path in each["paths"]}]
    return sorted(mine, key=time_of, reverse=True)


def time_of(snapshot: dict[str, Any]) -> datetime:
    """Return the time of a snapshot."""
    return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", snapshot["time"]).replace("Z", "+00:00"))


def at_time(text: str) -> datetime:
    """Read a time; a day alone is its end. Raises VaultError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise VaultError(f"{text} is no time: write 2026-11-29, or '2026-11-29 03:00' (UTC)") from error
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        found = found.replace(hour=23, minute=59, second=59)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def find(name: str, kind: str, when: str) -> dict[str, Any]:
    """Return the newest whole snapshot at or before a time, or `latest`. Raises VaultError."""
    found = snapshots(name, kind)
    until = None if when == "latest" else at_time(when)
    fitting = [each for each in found if until is None or time_of(each) <= until]
    if not fitting:
        oldest = f"; the oldest is of {time_of(found[-1]):{TIMES}} UTC" if found else ""
        raise VaultError(f"{TARGET} has no backup ({kind}) of {HOST} at or before {when}{oldest}")
    return fitting[0]


def init(_: argparse.Namespace) -> None:
    """Make the repository, unless it is there and our key opens it."""
    try:
        restic("cat", "config")
    except VaultError as error:
        if "there is no repository" not in str(error):
            raise
        restic("init")


def store(options: argparse.Namespace) -> None:
    """Keep what comes on standard input; `settle` says that it came whole."""
    words = ["--stdin", "--stdin-filename", options.name, "--host", HOST, "--time", options.at, "--tag", PARTIAL]
    seconds = QUICK_SECONDS if options.name == TYPED else LONG_SECONDS
    restic("backup", *words, stdin=sys.stdin.buffer, seconds=seconds)


def settle(options: argparse.Namespace) -> None:
    """Note that a stream was stored whole: from now on it may be restored."""
    at = at_time(options.at)
    found = [each for each in snapshots(options.name, PARTIAL) if time_of(each) == at]
    if not found:
        raise VaultError(f"what was stored of {options.at} is not at {TARGET} any more")
    restic("tag", "--set", options.kind, found[0]["id"])


def files(options: argparse.Namespace) -> None:
    """Keep secrets/, the small files that come as a tar on standard input, and Grafana's database."""
    COPIES.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = COPIES / FILES
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir()
    with tarfile.open(fileobj=sys.stdin.buffer, mode="r|") as archive:
        for member in archive:
            if content := archive.extractfile(member):
                (kept / Path(member.name).name).write_bytes(content.read())
    copy_grafana(kept)
    shutil.copytree(KEPT / "secrets", kept / "secrets")
    restic("backup", str(kept), "--host", HOST, "--time", options.at, "--tag", options.kind)


def copy_grafana(into: Path) -> None:
    """Copy Grafana's database while Grafana may write to it; none on a machine without one."""
    source = KEPT / "grafana" / "grafana.db"
    if not source.exists():
        return
    with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as live, sqlite3.connect(into / "grafana.db") as copy:
        live.backup(copy)


def tidy(_: argparse.Namespace) -> None:
    """Delete what need not be kept any more, and look whether the repository's structure is whole."""
    restic("unlock")  # of runs that were killed; those of others stay
    for kind, keep in KEEP:
        restic("forget", "--tag", kind, "--host", HOST, "--group-by", "host,paths", *keep)
    restic("prune", seconds=LONG_SECONDS)
    restic("check", seconds=LONG_SECONDS)


def show(options: argparse.Namespace) -> None:
    """Write a stream to standard output."""
    snapshot = find(options.name, options.kind, options.when)
    restic("dump", snapshot["id"], f"/{options.name}", stdout=sys.stdout.buffer, seconds=LONG_SECONDS)


def show_files(options: argparse.Namespace) -> None:
    """Write the files of a backup as a tar to standard output."""
    snapshot = find(FILES, options.kind, options.when)
    restic("dump", snapshot["id"], str(COPIES / FILES), stdout=sys.stdout.buffer)


def when(options: argparse.Namespace) -> None:
    """Print the time of the backup that a time means."""
    sys.stdout.write(f"{time_of(find(options.name, options.kind, options.when)).astimezone(UTC):{TIMES}}\n")


def listing(_: argparse.Namespace) -> None:
    """Print what is there, the newest first."""
    for name, kind in ((DUMP, "full"), (TYPED, "typed"), (FILES, "processing")):
        for each in snapshots(name, kind):
            sys.stdout.write(f"{time_of(each).astimezone(UTC):{TIMES}} UTC  {kind}\n")


def tell(options: argparse.Namespace) -> None:
    """Post a message to the operator's webhook; nothing where there is none."""
    url = (KEPT / "secrets" / "webhook_url").read_text().strip()
    if not url.startswith(("https://", "http://")):
        return
    is_discord = os.environ.get("WEBHOOK_KIND", "discord") == "discord"
    body: dict[str, object] = {"event": "backup", "text": options.text}
    if is_discord:
        body = {"content": options.text[:2000], "allowed_mentions": {"parse": []}}
    headers = {"Content-Type": "application/json", "User-Agent": "stream-scout-backup/1"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers, method="POST")  # noqa: S310  # see above
    try:
        with urllib.request.urlopen(request, timeout=WEBHOOK_SECONDS):  # noqa: S310  # nosec B310  # see above
            return
    except (OSError, ValueError) as error:  # its text may hold the address
        raise VaultError(f"the webhook did not take the message ({type(error).__name__})") from None


COMMANDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "init": (init, ()),
    "store": (store, ("name", "at")),
    "settle": (settle, ("name", "kind", "at")),
    "files": (files, ("kind", "at")),
    "tidy": (tidy, ()),
    "when": (when, ("name", "kind", "when")),
    "show": (show, ("name", "kind", "when")),
    "show-files": (show_files, ("kind", "when")),
    "list": (listing, ()),
    "tell": (tell, ("text",)),
}


def main() -> int:
    """Do what the arguments say; return 0, or 1 with the reason on standard error."""
    parser = argparse.ArgumentParser(prog="vault", description="Keeps and finds backups in a restic repository.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (do, words) in COMMANDS.items():
        command = commands.add_parser(name, help=do.__doc__)
        for word in words:
            command.add_argument(word)
    options = parser.parse_args()
    try:
        COMMANDS[options.command][0](options)
    except (VaultError, OSError, tarfile.TarError, sqlite3.Error) as error:
        sys.stderr.write(f"vault: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
