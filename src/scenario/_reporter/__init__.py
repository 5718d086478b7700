"""Collects the runs of a session and lays out the report at its end."""
