"""Voice activity detection: where on a track somebody speaks."""
