"""What a run leaves: tracks and segments, the mix of them in files, latencies and metrics."""
