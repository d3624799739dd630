"""One module per subcommand of the tunesmith command."""
