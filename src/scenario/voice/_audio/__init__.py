"""Audio as bytes: the canonical format and everything that converts to and from it."""
