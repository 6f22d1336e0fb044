"""What, other than the stream, made a crowd write, and the mood it expressed."""
