"""What Slack refuses: the limits of blocks, views and messages, with its explanations."""
