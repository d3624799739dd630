"""Training files: read, check, count tokens, price, repair, split."""
