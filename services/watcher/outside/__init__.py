"""Asks addresses with a deadline that holds, and beats the operator's dead man's switch."""
