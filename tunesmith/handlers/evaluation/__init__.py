"""Somebody has a tuned model measured, and looks at what it came to."""
