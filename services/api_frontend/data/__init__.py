"""What the site reads from Postgres, and news of changes."""
