"""Prints the age of each stage's results, its backlog, and the command to type next."""
