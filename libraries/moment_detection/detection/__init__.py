"""The score, the peaks, and which of them is a moment."""
