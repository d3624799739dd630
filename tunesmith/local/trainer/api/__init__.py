"""OpenAI's protocol in front of the trainer: wire objects, routes and what they remember."""
