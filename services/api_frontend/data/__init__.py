"""What Postgres has for the site, and news of it."""
