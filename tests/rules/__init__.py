"""Tests of the rule table: every primitive, as plain Python, without the compiler."""
