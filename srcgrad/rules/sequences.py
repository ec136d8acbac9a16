"""Functions of NumPy that take sequences of arrays, or make arrays of sequences themselves."""

from __future__ import annotations

import numpy as np

SEQUENCES = frozenset(
    [
        np.array, np.asarray, np.stack, np.concatenate, np.vstack, np.hstack, np.dstack,
        np.column_stack, np.block, np.meshgrid, np.broadcast_arrays, np.select, np.choose,
        np.atleast_1d, np.atleast_2d, np.atleast_3d, np.asanyarray, np.ascontiguousarray,
        np.linalg.multi_dot,
    ]
)  # fmt: skip
