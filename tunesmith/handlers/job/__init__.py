"""A fine-tuning job: start it, follow it, steer it."""
