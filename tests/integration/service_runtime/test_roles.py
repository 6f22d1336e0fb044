"""Postgres's roles on a real server: each may do what its service's SQL needs, and nothing else."""

import subprocess
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import psycopg
import pytest
from integration.support.database import RIGHTS, administer, as_role, create, prepare
from integration.support.role_statements import FILES, LIBRARIES, SERVICES, TOOLS, check, names_of, statements

from embedded.servers.postgres import OWNER, Postgres, binary
from recorder.migrate import grant_rights
from service_runtime.role_setup import PasswordsMissingError, password_file, set_up_roles

SERVICE_ROLES = sorted(FILES)
ROLES = sorted([*SERVICE_ROLES, OWNER, "backup", "exporter"])
Denied = psycopg.errors.InsufficientPrivilege
FOR_NOBODY = {
    "program": "COPY (SELECT 1) TO PROGRAM 'true'",
    "program into a table": "COPY channels (channel_id) FROM PROGRAM 'true'",
    "file": "COPY (SELECT 1) TO '/tmp/stream-scout-roles'",
    "file read": "SELECT pg_read_file('PG_VERSION')",
    "role": "CREATE ROLE intruder",
    "another's password": "ALTER ROLE postgres PASSWORD 'x'",
    "superuser": "SET ROLE postgres",
    "database": "CREATE DATABASE intruder",
    "setting": "ALTER SYSTEM SET log_statement = 'all'",
}
FOR_THE_OWNER = {
    "table": "CREATE TABLE intruder (id integer)",
    "temporary table": "CREATE TEMPORARY TABLE intruder (id integer)",
    "schema": "CREATE SCHEMA intruder",
    "function": "CREATE FUNCTION public.intruder() RETURNS integer LANGUAGE sql RETURN 1",
    "column": "ALTER TABLE channels ADD COLUMN intruder integer",
    "trigger": "CREATE TRIGGER intruder AFTER INSERT ON channels EXECUTE FUNCTION intruder()",
    "drop": "DROP TABLE chat_counts",
    "truncate": "TRUNCATE moments",
    "extension": "CREATE EXTENSION vector",
    "owner": "SET ROLE owner",
}
ACTIONS = {
    "SELECT": "SELECT 1 FROM {}",
    "INSERT": "INSERT INTO {} DEFAULT VALUES",
    "UPDATE": "UPDATE {0} SET {1} = {1}",
    "DELETE": "DELETE FROM {} WHERE false",
}
TABLES = """
    SELECT relname, (
        SELECT attname FROM pg_attribute WHERE attrelid = pg_class.oid AND attnum > 0
        ORDER BY pg_column_is_updatable(attrelid, attnum, false) DESC, attnum DESC LIMIT 1
    ) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v') AND NOT relispartition
        AND relname NOT LIKE '%yoyo%'
"""
# What a role was given: a table or function, the right, and the column if it is for one only.
GIVEN = """
    SELECT 'TABLE', relname, privilege_type, '' FROM pg_class, aclexplode(relacl)
    WHERE relnamespace = 'public'::regnamespace AND grantee = %(role)s::regrole
    UNION ALL
    SELECT 'TABLE', relname, privilege_type, attname FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid, aclexplode(attacl)
    WHERE relnamespace = 'public'::regnamespace AND grantee = %(role)s::regrole
    UNION ALL
    SELECT 'FUNCTION', proname, privilege_type, '' FROM pg_proc, aclexplode(proacl)
    WHERE pronamespace = 'public'::regnamespace AND grantee = %(role)s::regrole
"""


@pytest.fixture(scope="module")
def server(postgres_server: Postgres) -> Postgres:
    """The session's server, whose database `stream_scout` only this file uses."""
    prepare(postgres_server.dsn)
    return postgres_server


@pytest.fixture
def superuser(server: Postgres) -> Iterator[psycopg.Connection]:
    """A superuser whose changes are rolled back."""
    with psycopg.connect(server.socket_address()) as connection:
        yield connection
        connection.rollback()


def login(server: Postgres, role: str) -> psycopg.Connection:
    """Log in as a service does: over TCP with the role's password."""
    return psycopg.connect(server.dsn_of("stream_scout", role), autocommit=True)


def tables(connection: psycopg.Connection) -> dict[str, str]:
    """Every table and view of ours with its last column, one that can be updated if there is any."""
    return dict(connection.execute(TABLES).fetchall())


def test_every_sql_file_belongs_to_a_role() -> None:
    written = {file for root in (SERVICES, TOOLS, LIBRARIES) for file in root.glob("**/sql/*.sql")}
    sqlite = ("versions.sql", "store.sql")
    others = {file for file in written if "clip_detector" in file.parts or file.name in sqlite}  # Flink's too
    assert {file for files in FILES.values() for file in files} == written - others


@pytest.mark.parametrize("role", SERVICE_ROLES)
def test_a_service_may_run_each_of_its_statements(server: Postgres, role: str) -> None:
    with login(server, role) as connection:
        for sql in statements(role):
            check(connection, sql)


@pytest.mark.parametrize("role", SERVICE_ROLES)
def test_no_right_is_given_that_no_statement_needs(server: Postgres, superuser: psycopg.Connection, role: str) -> None:
    def is_needed(kind: str, name: str, right: str, column: str) -> bool:
        part = f" ({column})" if column else ""
        superuser.execute(f"REVOKE {right}{part} ON {kind} {name} FROM {role}")  # type: ignore[call-overload]
        superuser.execute(f"SET LOCAL ROLE {role}")  # type: ignore[call-overload]
        try:
            for sql in statements(role):
                check(superuser, sql)
        except Denied:
            return True
        finally:
            superuser.rollback()
        return False

    given = superuser.execute(GIVEN, {"role": role}).fetchall()
    assert given
    superfluous = {
        (role, name, right) for kind, name, right, column in given if not is_needed(kind, name, right, column)
    }
    assert not superfluous


@pytest.mark.parametrize("role", SERVICE_ROLES)
def test_tables_of_others_are_closed_to_a_service(server: Postgres, role: str) -> None:
    allowed = set()
    with login(server, role) as connection:
        others = {name: column for name, column in tables(connection).items() if name not in names_of(role)}
        assert others or role == "recorder"  # which writes every table
        for (name, column), (action, sql) in product(others.items(), ACTIONS.items()):
            try:
                connection.execute("EXPLAIN " + sql.format(name, column))  # type: ignore[call-overload]
                allowed.add((role, name, action))
            except (Denied, psycopg.errors.ObjectNotInPrerequisiteState):  # the latter: a view that nobody can change
                pass
    assert not allowed


@pytest.mark.parametrize("role", ROLES)
def test_no_role_runs_programs_or_makes_itself_more(server: Postgres, role: str) -> None:
    forbidden = FOR_NOBODY if role == OWNER else FOR_NOBODY | FOR_THE_OWNER
    with login(server, role) as connection:
        for sql in forbidden.values():
            with pytest.raises(Denied):
                connection.execute(sql)


def test_the_owner_changes_the_schema(server: Postgres) -> None:
    with psycopg.connect(server.dsn) as connection:
        for name in ("table", "schema", "column"):
            connection.execute(FOR_THE_OWNER[name])
        connection.rollback()


def test_backup_reads_and_exporter_sees_figures_alone(server: Postgres) -> None:
    with login(server, "backup") as backup, login(server, "exporter") as exporter:
        backup.execute("SELECT document FROM moments").fetchall()
        assert exporter.execute("SELECT count(*) FROM pg_stat_activity WHERE query <> ''").fetchone()
        assert exporter.execute("SHOW data_directory").fetchone()  # pg_read_all_settings, of pg_monitor
        for connection in (backup, exporter):
            with pytest.raises(Denied):
                connection.execute("DELETE FROM moments")
        with pytest.raises(Denied):
            exporter.execute("SELECT document FROM moments")


def test_a_dump_by_backup_is_restored_by_the_owner(server: Postgres) -> None:
    """With the options of DEPLOYMENT.md."""
    administer(server, "DROP DATABASE IF EXISTS restored WITH (FORCE)")
    restored = create(server, "restored")
    with login(server, "recorder") as connection:
        connection.execute("INSERT INTO channels VALUES ('kept', 'kept', 'Kept', now()) ON CONFLICT DO NOTHING")
    dump = subprocess.run(
        [binary("pg_dump"), "-Fc", server.dsn_of("stream_scout", "backup")], capture_output=True, check=True
    ).stdout
    options = ["--clean", "--if-exists", "--no-owner", "--no-acl"]
    subprocess.run([binary("pg_restore"), *options, "-d", restored], input=dump, capture_output=True, check=True)
    prepare(restored)
    with psycopg.connect(as_role(restored, "recorder")) as connection:
        assert connection.execute("SELECT login FROM channels WHERE channel_id = 'kept'").fetchone() == ("kept",)


def test_the_status_tool_cannot_read_peoples_words(server: Postgres) -> None:
    with login(server, "status") as connection, pytest.raises(Denied):
        connection.execute("SELECT payload FROM dead_letters")


def without_rights(connection: psycopg.Connection) -> set[str]:
    """Return the tables that no service has a right to."""
    given = {name for role in SERVICE_ROLES for _, name, *_ in connection.execute(GIVEN, {"role": role})}
    return set(tables(connection)) - given


def test_a_new_table_needs_rights(server: Postgres, superuser: psycopg.Connection) -> None:
    assert not without_rights(superuser), f"give rights in {RIGHTS}"
    superuser.execute("SET LOCAL ROLE owner")
    superuser.execute("CREATE TABLE forgotten (id integer)")
    assert without_rights(superuser) == {"forgotten"}


def test_a_right_that_is_not_in_the_file_is_taken_away(server: Postgres) -> None:
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute("GRANT DELETE ON moments TO api_frontend; GRANT SELECT ON streams TO PUBLIC")
        grant_rights(server.dsn, RIGHTS)
        asked = "SELECT has_table_privilege('api_frontend', 'moments', 'DELETE'),"
        found = connection.execute(asked + " has_table_privilege('watcher', 'streams', 'SELECT')").fetchone()
    assert found == (False, False)


@pytest.mark.parametrize("role", ["postgres", "stream_scout", "nobody"])
def test_who_is_not_named_cannot_log_in_over_the_network(server: Postgres, role: str) -> None:
    with pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry"):
        login(server, role)


def test_a_role_logs_in_with_its_own_password_only(server: Postgres) -> None:
    wrong = password_file(server.passwords, "recorder").read_text()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.address("owner"), password=wrong)
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(server.address("owner"), passfile="/nonexistent")


def test_the_setup_leaves_no_password_in_the_log(server: Postgres) -> None:
    administer(server, "ALTER DATABASE stream_scout SET log_statement = 'all'")
    try:
        with psycopg.connect(server.socket_address()) as connection:
            connection.execute("SELECT 'this is logged'")
        roles = set_up_roles(server.socket_address(), server.passwords, make_passwords=False)
    finally:
        administer(server, "ALTER DATABASE stream_scout RESET log_statement")
    log = server.log.read_text()
    assert "this is logged" in log
    assert roles == ROLES
    for secret in ("SCRAM-SHA-256$", *(password_file(server.passwords, role).read_text() for role in roles)):
        assert secret not in log


def test_a_new_password_is_taken_over(server: Postgres) -> None:
    file = password_file(server.passwords, "exporter")
    before = file.read_text()
    file.write_text("another\n")
    try:
        set_up_roles(server.socket_address(), server.passwords, make_passwords=False)
        psycopg.connect(server.address("exporter"), password="another").close()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(server.address("exporter"), password=before)
    finally:
        file.write_text(before)
        set_up_roles(server.socket_address(), server.passwords, make_passwords=False)


def test_all_missing_passwords_are_named(server: Postgres, tmp_path: Path) -> None:
    password_file(tmp_path, "owner").write_text("known")
    password_file(tmp_path, "backup").write_text("\n")
    with pytest.raises(PasswordsMissingError) as error:
        set_up_roles(server.socket_address(), tmp_path, make_passwords=False)
    assert all((str(password_file(tmp_path, role)) in str(error.value)) == (role != "owner") for role in ROLES)


def test_an_older_installation_gains_roles_and_owner(server: Postgres) -> None:
    """All of its tables are the superuser's, who used to migrate."""
    administer(server, "DROP DATABASE IF EXISTS older WITH (FORCE)")
    administer(server, "CREATE DATABASE older")
    prepare(server.socket_address("older"))
    set_up_roles(server.socket_address("older"), server.passwords, make_passwords=False)
    prepare(server.dsn_of("older"))
    with psycopg.connect(server.socket_address("older")) as connection:
        owners = "SELECT DISTINCT {0}owner::regrole::text FROM pg_{1} WHERE {0}namespace = 'public'::regnamespace"
        for prefix, catalog in (("rel", "class"), ("pro", "proc")):
            found = connection.execute(owners.format(prefix, catalog)).fetchall()  # type: ignore[call-overload]
            assert found == [("owner",)]
    with psycopg.connect(server.dsn_of("older", "recorder")) as connection:
        for sql in statements("recorder"):
            check(connection, sql)
        connection.execute("SELECT make_chat_counts_partition('2026-01-01')")
