"""Pure functions: a result in, Block Kit dicts out.

Blocks are plain dicts, because slack_sdk's models do not know the newer ones. Limits are Slack's
(docs.slack.dev/reference/block-kit): a section's text has 3,000 characters, a field 2,000, a
button's text 75, a table 100 rows and one to a message.
"""
