"""Refused deliberately."""
