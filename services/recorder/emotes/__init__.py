"""The emotes of the database: their numbers, and their days."""
