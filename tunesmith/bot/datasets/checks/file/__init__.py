"""Rules on the file as a whole, and on whether a provider would take it."""
