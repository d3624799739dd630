"""What becomes of a tuned model: long unused, near its end, moved to another provider."""
