"""Losses of the programs that are refused today, by what the refusal says."""

from __future__ import annotations

REFUSED = {
    "ode-adaptive_loss-3": "a Solution that is built in another way after a pass of a loop",
    "game-billiard_loss-1": "a value that may or may not have been changed",
}
