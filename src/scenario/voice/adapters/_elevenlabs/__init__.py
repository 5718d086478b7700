"""Conversations with agents that ElevenLabs hosts."""
