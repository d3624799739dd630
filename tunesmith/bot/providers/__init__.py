"""Who trains: a catalogue (data) and one client over the openai SDK."""
