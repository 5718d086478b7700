"""Tells whether a response refuses."""
