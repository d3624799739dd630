"""The Web API methods, one module per family, as https://docs.slack.dev/reference/methods has them."""
