"""The way to Discord: the adapter, the queue, the outcome of each message, and what becomes of open intents."""
