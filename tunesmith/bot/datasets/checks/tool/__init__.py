"""Rules on tools: declared, called, answered."""
