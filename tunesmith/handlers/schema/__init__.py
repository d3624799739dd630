"""A DDL file: what is in it, and a training set made of it."""
