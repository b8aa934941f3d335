"""Operators' commands for calendars."""
