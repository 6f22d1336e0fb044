"""The website and its API: the newest moments with their evidence, from Postgres to any browser."""
