"""Lets the user of this library hear a run while it happens."""
