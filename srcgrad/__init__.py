"""srcgrad: gradients of Python and NumPy functions, as source you can read."""

from srcgrad.api import Gradient, grad, source, stages, value_and_grad
from srcgrad.directional import deriv, jvp, make_jvp, make_vjp, vjp
from srcgrad.errors import (
    ArgumentError,
    NoRuleError,
    NotDifferentiableError,
    SourceError,
    SrcgradError,
    UnsupportedError,
)
from srcgrad.operators import (
    egrad,
    elementwise_grad,
    hessian,
    hessian_vector_product,
    hvp,
    jacfwd,
    jacrev,
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
    "deriv",
    "egrad",
    "elementwise_grad",
    "grad",
    "hessian",
    "hessian_vector_product",
    "hvp",
    "jacfwd",
    "jacrev",
    "jvp",
    "make_jvp",
    "make_vjp",
    "ravel",
    "source",
    "stages",
    "value_and_grad",
    "vjp",
]
