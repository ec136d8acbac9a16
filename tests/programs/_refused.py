"""Losses of the programs that are refused today, by what the refusal says."""

from __future__ import annotations

REFUSED: dict[str, str] = {}
