"""The channels, their people, and what they write: planned, before anything is sent."""
