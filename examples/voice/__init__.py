"""Voice agents under test."""
