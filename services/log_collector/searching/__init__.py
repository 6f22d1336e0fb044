"""`make logs`: finds lines by moment, service and time."""
