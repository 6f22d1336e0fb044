"""One file per kind of record: what it becomes in Postgres."""
