"""The website and its API: moments with their evidence, from Postgres to any browser."""
