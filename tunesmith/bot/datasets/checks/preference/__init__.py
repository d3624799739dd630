"""Rules on preference examples: an input, the better answer and the worse one."""
