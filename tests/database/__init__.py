"""The bot's database, as it is opened."""
