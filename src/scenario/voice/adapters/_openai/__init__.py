"""The Realtime protocol of OpenAI, one conversation at a time."""
