"""What viewers clipped, and what it says of us."""
