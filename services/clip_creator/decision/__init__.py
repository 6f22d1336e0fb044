"""Decides which moments get a clip, and what each clip shows and is called."""
