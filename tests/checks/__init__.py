"""Identities: what is found, and that nothing else is."""
