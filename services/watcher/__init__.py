"""Tells the operator when the processing machine falls silent or data grows old, and when all is well again."""
