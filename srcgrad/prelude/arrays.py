"""What `np.r_` and `np.c_` do with arrays and numbers."""

from __future__ import annotations

from typing import Any

import numpy as np


def joined(parts: Any) -> Any:
    return np.concatenate([np.atleast_1d(p) for p in parts])


def side_by_side(parts: Any) -> Any:
    return np.column_stack([p for p in parts])
