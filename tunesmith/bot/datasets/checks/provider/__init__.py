"""Rules on what the provider takes in an example."""
