"""The two machines: what each is asked for and what of one the other needs."""

from dataclasses import dataclass

HALF_AN_HOUR = 30 * 60  # seconds for which machine A lets B join


@dataclass(frozen=True)
class Role:
    """A machine's part."""

    name: str
    letter: str
    tag: str
    file: str
    minutes: str  # that a first installation takes
    memory_limit_mb: int  # of all containers together


RELIABLE = Role("reliable", "A", "tag:reliable", "docker-compose.reliable.yml", "5 to 10", 900)
PROCESSING = Role("processing", "B", "tag:processing", "docker-compose.processing.yml", "10 to 20", 3584)
ROLES = {role.name: role for role in (RELIABLE, PROCESSING)}
