"""Brings the container logs of both machines into VictoriaLogs, each line once, and finds them again."""
