"""What a person brings, and the files that keep it."""
