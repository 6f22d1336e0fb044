"""The system below: commands, kernel, packages, tailnet."""
