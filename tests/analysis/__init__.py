"""Tables become result frames."""
