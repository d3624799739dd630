"""Rules on reinforcement examples: a conversation that ends with the question, and references."""
