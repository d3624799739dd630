"""The shape of Block Kit as pydantic models: https://docs.slack.dev/reference/block-kit."""
