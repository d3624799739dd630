"""An evaluation's rows for other tools: a spreadsheet, promptfoo, Inspect."""
