"""Questions to a tuned model."""
