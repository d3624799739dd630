"""DDL: parse, write a training set, check SQL against it."""
