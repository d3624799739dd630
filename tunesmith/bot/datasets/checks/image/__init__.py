"""Rules on images in messages."""
