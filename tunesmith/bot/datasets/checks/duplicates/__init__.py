"""Rules on what examples have to do with each other; found by comparing them."""
