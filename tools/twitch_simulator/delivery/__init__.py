"""What was planned, sent at its time; the truth is written first."""
