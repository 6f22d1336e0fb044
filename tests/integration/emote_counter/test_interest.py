"""Whoever opens the graphs of all channels makes the counter send revisions of some."""

import psycopg
from integration.support.database import as_role

from emote_counter.interest import Interest
from service_runtime.postgres import Database

INSERT = "INSERT INTO emote_interest SELECT n::text, now() + n * interval '1 second' FROM generate_series(-9, 200) AS n"


def test_only_the_channels_that_were_asked_for_last_are_live(postgres_of_module: str) -> None:
    with psycopg.connect(postgres_of_module) as connection:
        connection.execute(INSERT)
    interest = Interest(Database(as_role(postgres_of_module, "emote_counter")))
    interest.read()
    assert interest.channel_ids == {str(number) for number in range(151, 201)}
