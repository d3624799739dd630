"""Pure functions: a result in, Block Kit dicts out."""
