"""A Twitch on your own machine: chat over IRC, Helix, sign-in and faults, with the truth written to files."""
