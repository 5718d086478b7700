"""What the user simulator shows to its model: the prompt and the conversation as a human would see it."""
