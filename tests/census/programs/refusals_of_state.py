"""Refused deliberately: state that outlives the call."""
