"""A training file: what the bot says of it, and what people do with it."""
