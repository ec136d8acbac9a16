"""Numerical kernels as textbooks have them: loops, stores in place, helpers that fill arrays.

They are plain functions that end in one number, written for readers and not for a compiler.
"""

from __future__ import annotations

from kernels import (
    convolution,
    dynamics,
    factorisations,
    filters,
    flow,
    gather,
    heat,
    iterative,
    linear_systems,
    probabilistic,
    recursions,
    sparse,
)
from kernels.registry import KERNELS, Kernel

__all__ = [
    "KERNELS",
    "Kernel",
    "convolution",
    "dynamics",
    "factorisations",
    "filters",
    "flow",
    "gather",
    "heat",
    "iterative",
    "linear_systems",
    "probabilistic",
    "recursions",
    "sparse",
]
