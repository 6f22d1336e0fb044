"""`docker` for backup.sh and restore.sh where there is none: each container's command runs here, on a real Postgres.

    docker compose -f FILE [OPTIONS] exec -T postgres COMMAND...      psql, pg_dump, pg_restore of the test's server
    docker compose -f FILE [OPTIONS] run ... backup COMMAND...        infrastructure/images/vault.py and restic
    docker compose -f FILE [OPTIONS] run ... -e NAME=VALUE roles      the real programs of these containers

What is started and built is left away. STAND_IN is a JSON object: see backup_world.py.
"""

import json
import os
import re
import subprocess
import sys

WORLD = json.loads(os.environ["STAND_IN"])


def main(words: list[str]) -> int:
    """Do what docker was told; return its exit code."""
    if words[0] == "info":
        print(WORLD["docker_root"])
        return 0
    action = next(place for place, word in enumerate(words) if word in ("exec", "run", "up", "build", "ps"))
    rest = words[action + 1 :]
    if words[action] in ("up", "build", "ps"):
        return 0
    variables = {}
    while rest[0].startswith("-"):
        option = rest.pop(0)
        if option == "-e":
            name, _, value = rest.pop(0).partition("=")
            variables[name] = value
    service, *command = rest
    return {"postgres": postgres, "backup": vault, "roles": roles, "migrate": migrate}[service](command, variables)


def run(command: list[str], **variables: str) -> int:
    return subprocess.run(command, env={**os.environ, **variables}, check=False).returncode


def postgres(command: list[str], _: dict[str, str]) -> int:
    if command[0] == "df":
        return run(["df", *command[1:-1], WORLD["data"]])
    program, *arguments = command
    role = arguments[arguments.index("-U") + 1]
    login = {"PGHOST": "127.0.0.1", "PGPORT": WORLD["port"], "PGPASSFILE": WORLD["passfile"]}
    if role == "stream_scout":  # the superuser, by the socket
        arguments[arguments.index("-U") + 1] = "postgres"
        login["PGHOST"] = WORLD["data"]
    return run([f"{WORLD['programs']}/{program}", *arguments], **login)


def vault(command: list[str], _: dict[str, str]) -> int:
    return run([sys.executable, WORLD["vault"], *command])


def roles(_: list[str], variables: dict[str, str]) -> int:
    name = re.search(r"@/(\w+)\?", variables["POSTGRES_DSN"])[1]  # type: ignore[index]
    dsn = f"postgresql://postgres@/{name}?host={WORLD['data']}&port={WORLD['port']}"
    settings = {"POSTGRES_DSN": dsn, "ROLES_PASSWORD_DIRECTORY": WORLD["passwords"]}
    return run([sys.executable, "-m", "service_runtime.role_setup"], **settings)


def migrate(_: list[str], variables: dict[str, str]) -> int:
    name = variables["POSTGRES_DSN"].rpartition("/")[2]
    dsn = f"postgresql://owner@127.0.0.1:{WORLD['port']}/{name}?passfile={WORLD['passfile']}"
    return run([sys.executable, "-m", "recorder.migrate"], POSTGRES_DSN=dsn)


raise SystemExit(main(sys.argv[1:]))
