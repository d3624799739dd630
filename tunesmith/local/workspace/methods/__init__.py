"""The Web API methods, one module a family: https://docs.slack.dev/reference/methods."""
