"""The pages for people: servers and channels as members see them, and OAuth2's question."""
