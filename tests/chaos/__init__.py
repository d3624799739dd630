"""Whole journeys of people while the bot is killed and everything around it fails.

`python -m tests.chaos` runs as many as asked; `test_chaos.py` runs a few in the suite. What people
got is read back from the workspace and the provider, never from the bot.
"""
