"""Where people work with csat: the command line."""
