"""Operators' commands for the catalogue."""
