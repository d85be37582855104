"""Records become tables, and leave for other tools."""
