"""The tiny engine."""
