"""Pure: which clips are asked for when, where a clip lies on the stream, and what is said of it."""
