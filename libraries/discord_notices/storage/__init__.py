"""Servers' settings and follows in Postgres, as the bot and the website read and change them."""
