"""A whole stream in one picture: its curve, and its highest peaks by name. Pure: fonts and texts are passed in."""
