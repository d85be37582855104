"""From the file to the tables, as a user goes."""
