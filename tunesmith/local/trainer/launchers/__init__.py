"""How an engine's process is started, steered and kept from outliving the server."""
