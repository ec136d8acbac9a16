"""srcgrad: gradients of Python and NumPy functions, as source you can read."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from srcgrad.api import Gradient, grad, source, stages, value_and_grad
from srcgrad.errors import (
    ArgumentError,
    NoRuleError,
    NotDifferentiableError,
    SourceError,
    SrcgradError,
    UnsupportedError,
)

if TYPE_CHECKING:
    from srcgrad.checking import GradientMismatchError, check_grads
    from srcgrad.checkpointing import checkpoint
    from srcgrad.containers import register_container
    from srcgrad.custom import adjoint, custom_jvp, custom_vjp, tangent
    from srcgrad.directional import deriv, jvp, make_jvp, make_vjp, vjp
    from srcgrad.operators import (
        egrad,
        elementwise_grad,
        grad_and_aux,
        hessian,
        hessian_tensor_product,
        hessian_vector_product,
        hvp,
        jacfwd,
        jacobian,
        jacrev,
        make_ggnvp,
        make_hvp,
        tensor_jacobian_product,
        vector_jacobian_product,
    )
    from srcgrad.plotting import plot, plot_descent, plot_tangent
    from srcgrad.runtime import stop_gradient
    from srcgrad.surgery import adjoint_of
    from srcgrad.trees import ravel

__version__ = "0.1.0"

LATER = {
    "checking": ("GradientMismatchError", "check_grads"),
    "checkpointing": ("checkpoint",),
    "containers": ("register_container",),
    "debug.magic": ("load_ipython_extension",),
    "custom": ("adjoint", "custom_jvp", "custom_vjp", "tangent"),
    "directional": ("deriv", "jvp", "make_jvp", "make_vjp", "vjp"),
    "operators": (
        "egrad",
        "elementwise_grad",
        "grad_and_aux",
        "hessian",
        "hessian_tensor_product",
        "hessian_vector_product",
        "hvp",
        "jacfwd",
        "jacobian",
        "jacrev",
        "make_ggnvp",
        "make_hvp",
        "tensor_jacobian_product",
        "vector_jacobian_product",
    ),
    "plotting": ("plot", "plot_descent", "plot_tangent"),
    "runtime": ("stop_gradient",),
    "surgery": ("adjoint_of",),
    "trees": ("ravel",),
}
"""What is loaded when it is first asked for, by its module: importing srcgrad stays quick."""


def __getattr__(name: str) -> Any:
    for module, names in LATER.items():
        if name in names:
            value = getattr(import_module(f"srcgrad.{module}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module 'srcgrad' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


__all__ = [
    "ArgumentError",
    "Gradient",
    "GradientMismatchError",
    "NoRuleError",
    "NotDifferentiableError",
    "SourceError",
    "SrcgradError",
    "UnsupportedError",
    "adjoint",
    "adjoint_of",
    "check_grads",
    "checkpoint",
    "custom_jvp",
    "custom_vjp",
    "deriv",
    "egrad",
    "elementwise_grad",
    "grad",
    "grad_and_aux",
    "hessian",
    "hessian_tensor_product",
    "hessian_vector_product",
    "hvp",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "make_ggnvp",
    "make_hvp",
    "make_jvp",
    "make_vjp",
    "plot",
    "plot_descent",
    "plot_tangent",
    "ravel",
    "register_container",
    "source",
    "stages",
    "stop_gradient",
    "tangent",
    "tensor_jacobian_product",
    "value_and_grad",
    "vector_jacobian_product",
    "vjp",
]
