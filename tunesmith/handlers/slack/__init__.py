"""What all handlers use: what Slack sends, what it is sent, and the words for it."""
