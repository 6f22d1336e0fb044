"""The machines' own things: firewall, sshd, TLS, clean-up, rotation of secrets, the playbook."""

import os
from pathlib import Path

import pytest

# One of each, of a few seconds; the rest: make test-machines.
ALWAYS = {
    "test_from_outside_only_ssh_answers[reliable]",
    "test_a_client_of_tls_1_1_is_refused",
    "test_a_new_database_password_is_taken_and_the_old_one_refused",
    "test_with_a_key_and_with_nothing_else",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the slow ones to `make test-machines`."""
    if os.environ.get("MACHINES"):
        return
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and item.name not in ALWAYS:
            item.add_marker(pytest.mark.skip(reason="make test-machines"))
