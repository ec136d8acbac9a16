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
    "source",
    "stages",
    "value_and_grad",
]
