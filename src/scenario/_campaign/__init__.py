"""Campaigns: the same objectives attacked by several strategies, several times."""
