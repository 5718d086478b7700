"""Effects on the user's voice: what happens to speech on its way to the agent."""
