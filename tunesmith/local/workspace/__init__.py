"""A Slack-compatible workspace for one machine: Web API, Socket Mode, files, people and a page."""
