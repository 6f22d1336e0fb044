"""Simulates Twitch on one machine: chat over IRC, Helix, sign-in and faults; writes the ground truth to files."""
