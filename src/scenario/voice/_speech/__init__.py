"""Speech: text to audio and audio to text, by hosted providers, on this machine, or offline for tests."""
