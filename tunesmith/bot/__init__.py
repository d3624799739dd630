"""What Tunesmith does; knows nothing of Slack."""
