"""A simulator in which nothing happens by itself."""

QUIET = ("--bursts-per-minute", "0", "--notices-per-minute", "0")
