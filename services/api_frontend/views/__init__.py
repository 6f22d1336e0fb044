"""One file per page or endpoint."""
