"""Operators' commands, and what they have in common."""
