"""What the adapters share: connections that say what is wrong, a queue of what came, and pace."""
