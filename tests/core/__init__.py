"""Strings, bytes and files that users write."""
