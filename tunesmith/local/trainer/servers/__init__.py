"""Other servers that answer for models trained here: vLLM, or any one in OpenAI's shape."""
