"""A question to a tuned model, and its answer."""
