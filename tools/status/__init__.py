"""Says how fresh each stage is, what waits in front of it, and what to type next."""
