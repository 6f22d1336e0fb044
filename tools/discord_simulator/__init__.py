"""Simulates Discord on one machine: gateway, REST, OAuth2, faults, and pages that show servers as people see them."""
