"""The adapters that reach a voice agent: a socket, a phone line, a room, a provider, or one in process."""
