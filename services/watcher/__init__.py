"""Notifies the operator when the processing machine goes silent or data grows old, and when it has recovered."""
