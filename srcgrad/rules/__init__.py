"""The table of primitives, and one file of it for each part of Python and NumPy.

Importing this package fills the table: `table.lookup(np.tanh)`.  To add a function, write one
entry in the file where it belongs and one row in its test table.
"""

from srcgrad.rules import (
    allocation,
    builtins,
    comparisons,
    compiling,
    contractions,
    cumulative,
    elementwise,
    gathering,
    helpers,
    indexing,
    integrals,
    interpolation,
    linalg,
    methods,
    products,
    reductions,
    several,
    shaping,
    solving,
    sorting,
    splitting,
    statistics,
    turning,
    windows,
)

__all__ = [
    "allocation",
    "builtins",
    "comparisons",
    "compiling",
    "contractions",
    "cumulative",
    "elementwise",
    "gathering",
    "helpers",
    "indexing",
    "integrals",
    "interpolation",
    "linalg",
    "methods",
    "products",
    "reductions",
    "several",
    "shaping",
    "solving",
    "sorting",
    "splitting",
    "statistics",
    "turning",
    "windows",
]
