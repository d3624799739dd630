"""Rules on what stands in the texts: broken encodings, characters nobody sees, private data."""
