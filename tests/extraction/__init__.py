"""Pages become records."""
