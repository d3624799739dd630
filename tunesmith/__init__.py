"""Fine-tune language models without leaving the Slack thread."""
