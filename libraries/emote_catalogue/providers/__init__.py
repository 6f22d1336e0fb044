"""One module for each provider: its addresses, the shapes of its answers, and what they mean."""
