"""Rules on prompt/completion pairs, by themselves and beside the others of their file."""
