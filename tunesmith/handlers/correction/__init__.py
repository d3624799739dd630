"""Somebody writes what a model should have answered, and the channel trains on it again."""
