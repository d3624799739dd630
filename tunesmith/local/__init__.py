"""A Slack workspace and a fine-tuning API that run on your own machine."""
