"""Pipecat bots: the framings and signals that their transports understand."""
