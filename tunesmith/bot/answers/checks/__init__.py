"""Check an answer that is JSON, or calls of tools, against what the model was trained on."""
