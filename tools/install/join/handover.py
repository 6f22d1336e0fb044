"""What machine A hands to machine B, and the line by which B asks for it."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from install.errors import InstallError

PORT = 9190  # of A's Tailscale address; the policy and the table of ports in DEPLOYMENT.md name it
FORMAT = 1
# What B's services use, and what its preflight and `make status` log in with: A has made all of them.
NEEDED = (
    "kafka_password", "chatter_key", "postgres_recorder_password", "postgres_stream_monitoring_password",
    "postgres_emote_counter_password", "postgres_status_password", "postgres_exporter_password", "backup_key",
)  # fmt: skip
# And what somebody may have brought; the last three are for B's own backups.
SECRETS = (
    *NEEDED, "twitch_client_secret", "webhook_url", "backup_ssh_key", "backup_known_hosts", "backup_credentials",
)  # fmt: skip
LINE = re.compile(r"join:([0-9.]+):([0-9]+):([A-Za-z0-9_-]{20,})")


@dataclass(frozen=True)
class Line:
    """What a person carries from A to B."""

    address: str
    port: int
    token: str

    def __str__(self) -> str:
        """Write it as one word."""
        return f"join:{self.address}:{self.port}:{self.token}"


def parse_line(text: str) -> Line:
    """Read the line; what a terminal or a mail has broken is put together. Raises InstallError."""
    match = LINE.fullmatch(re.sub(r"\s", "", text))
    if not match:
        raise InstallError(
            "That is not machine A's line, which begins with join: and has four parts. "
            "A new one, on A: infrastructure/install.sh invite"
        )
    return Line(match[1], int(match[2]), match[3])


@dataclass(frozen=True)
class Handover:
    """Settings and secrets that both machines share."""

    settings: Mapping[str, str]
    secrets: Mapping[str, str]
    format: int = FORMAT

    def to_json(self) -> str:
        """Write it for the wire."""
        return json.dumps(asdict(self))


def from_json(text: str) -> Handover:
    """Read it. Raises InstallError where it is none, or of a version that this one does not know."""
    try:
        read = json.loads(text)
        handover = Handover(dict(read["settings"]), dict(read["secrets"]), int(read["format"]))
    except (ValueError, KeyError, TypeError) as error:
        raise InstallError("What machine A answered is no handover: is its checkout of another version?") from error
    if handover.format != FORMAT:
        raise InstallError("The two machines have different versions of Stream Scout: git pull on both")
    return handover
