"""Starts, supervises and stops the system's processes."""
