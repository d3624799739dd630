"""Rules on a single line of a file: its bytes, and what JSON makes of them."""
