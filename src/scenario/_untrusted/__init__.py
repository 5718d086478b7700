"""Text that others wrote, in prompts: it cannot leave its block, and attempts to steer are found."""
