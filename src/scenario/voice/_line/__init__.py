"""The line between a run and one voice agent: what is sent, heard and said on it."""
