"""Operators' commands for events and their delivery."""
