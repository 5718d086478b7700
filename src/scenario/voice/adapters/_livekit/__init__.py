"""A LiveKit room: its token, its connection, the agent in it, what is said and what is written."""
