"""Rules on the order of roles in a chat example."""
