"""Frames become what a reader sees."""
