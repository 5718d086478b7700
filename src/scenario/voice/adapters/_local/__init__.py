"""Voice agents that are put together in this process from speech and a chat model."""
