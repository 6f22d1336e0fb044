"""The connection string says when a client gives up; what cannot be reached is away."""

import pytest
from psycopg.conninfo import conninfo_to_dict

from service_runtime.postgres import Database, PostgresAwayError, with_deadlines

DSN = "postgresql://someone@127.0.0.1:9/somewhere"


def test_deadlines_and_the_name_are_in_the_connection_string():
    told = conninfo_to_dict(
        with_deadlines(DSN, "tester", connect_seconds=3, statement_seconds=1.8, silent_seconds=10, lock_timeout="5s")
    )
    assert told["application_name"] == "tester"
    assert told["connect_timeout"] == "3"
    assert told["tcp_user_timeout"] == "10000"
    assert told["options"] == "-c timezone=UTC -c statement_timeout=1800ms -c lock_timeout=5s"
    assert (told["user"], told["dbname"]) == ("someone", "somewhere")


def test_without_a_limit_on_silence_tcp_keeps_its_own():
    told = conninfo_to_dict(with_deadlines(DSN, "tester", connect_seconds=3, statement_seconds=1.0))
    assert "tcp_user_timeout" not in told


def test_what_cannot_be_reached_is_away():
    with pytest.raises(PostgresAwayError, match="refused"), Database(DSN):
        pass
