"""srcgrad: gradients of Python and NumPy functions, as source you can read."""

from srcgrad.api import Gradient, grad, source, stages, value_and_grad
from srcgrad.errors import (
    ArgumentError,
    NoRuleError,
    NotDifferentiableError,
    SourceError,
    SrcgradError,
    UnsupportedError,
)
from srcgrad.trees import ravel

__version__ = "0.1.0"

__all__ = [
    "ArgumentError",
    "Gradient",
    "NoRuleError",
    "NotDifferentiableError",
    "SourceError",
    "SrcgradError",
    "UnsupportedError",
    "grad",
    "ravel",
    "source",
    "stages",
    "value_and_grad",
]
