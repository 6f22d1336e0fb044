"""What the bot reads from Postgres and writes into it; the statements are in `sql`."""
