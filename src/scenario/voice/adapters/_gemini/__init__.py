"""Gemini Live: its frames, its turns, its tools, and sessions that outlive their connections."""
