"""The same question to several models, answered side by side and voted on."""
