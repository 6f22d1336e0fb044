"""One file a page or endpoint."""
