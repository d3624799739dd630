"""Rules on messages, their roles, contents, names and weights."""
