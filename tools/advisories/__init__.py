"""Looks for known vulnerabilities of what is locked, and fails where nobody could know of any."""
