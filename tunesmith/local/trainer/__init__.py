"""A fine-tuning API that really trains, on your own machine."""
