"""Rules against numerical derivatives, and kinds against what NumPy really returns."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.kinds import (
    NONE,
    UNKNOWN,
    Dim,
    Kind,
    List,
    Num,
    Questions,
    Slice,
    Static,
    Sym,
    Tuple,
    integer,
)
from srcgrad.rules.table import Primitive, lookup

COMPLEX_STEP = 1e-30
STEP = 1e-3
WITHOUT = (operator.getitem, np.empty, np.empty_like)  # reversed by the compiler; random values
IN_PART = (runtime.cofactors_adjoint,)  # refuses the derivative by one of its operands
STENCIL = ((1, 45.0), (2, -9.0), (3, 1.0))


@dataclass(eq=False)
class Sample:
    """One call of a primitive."""

    op: Any
    args: tuple[Any, ...]
    keywords: dict[str, Any] = field(default_factory=dict)
    vague: bool = False  # Python's type or NumPy's, depending on the values
    held: tuple[int, ...] = ()  # float operands that no derivative is asked for

    def __str__(self) -> str:
        name = getattr(self.op, "__name__", str(self.op))
        given = [*map(_brief, self.args), *(f"{k}={_brief(v)}" for k, v in self.keywords.items())]
        return f"{name}({', '.join(given)})"

    @property
    def primitive(self) -> Primitive:
        found = lookup(self.op)
        assert found is not None, f"no entry for {self.op}"
        return found

    def operands(self) -> list[Any]:
        """The arguments in the order of the primitive's parameters, defaults filled in."""
        primitive = self.primitive
        if primitive.variadic:
            return list(self.args)
        given = dict(zip(primitive.parameters, self.args, strict=False)) | self.keywords
        return [given[p] if p in given else primitive.defaults[p] for p in primitive.parameters]

    def call(self, operands: Sequence[Any]) -> Any:
        """The primitive on other values for the same arguments."""
        if self.primitive.variadic:
            return self.op(*operands)
        values = dict(zip(self.primitive.parameters, operands, strict=True))
        names = self.primitive.parameters[: len(self.args)]
        return self.op(*(values[n] for n in names), **{k: values[k] for k in self.keywords})


def _brief(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.dtype.name}[{','.join(map(str, value.shape))}]"
    return getattr(value, "__name__", None) or str(value).replace("\n", "")[:24]


# derivatives -------------------------------------------------------------------------------------


def check_derivatives(sample: Sample) -> None:
    """The rule's adjoint of each float operand is the numerical one, by element and in all."""
    operands = [copied(o) for o in sample.operands()]
    y = sample.call(operands)
    if not is_real(y) or sample.op in (*WITHOUT, *IN_PART):
        return
    rng = np.random.default_rng(0)
    weights = rng.standard_normal(flat(y).shape)
    with np.errstate(all="ignore"):  # partials nobody asks for, such as the one for an exponent
        adjoints = rule_adjoints(sample, operands, y, weights)
    for i, operand in enumerate(operands):
        if not is_real(operand) or i in sample.held:
            continue
        expected, tight = numerical_adjoint(sample, operands, i, weights)
        rtol, atol = tolerance(operands, sample.call([widened(o) for o in operands]), tight)
        np.testing.assert_allclose(adjoints[i], expected, rtol, atol, err_msg=f"operand {i}")
        line = rng.standard_normal(expected.shape)
        np.testing.assert_allclose(adjoints[i] @ line, expected @ line, rtol * 10, atol * 10)


def tolerance(operands: list[Any], y: Any, tight: bool) -> tuple[float, float]:
    """What rounding in the rule, or in the numerical derivative, allows."""
    if _has_float32(y):
        return 1e-3, 1e-3
    if _has_float32(operands):
        return 3e-5, 3e-5
    return (1e-11, 1e-12) if tight else (1e-8, 1e-8)


def _has_float32(value: Any) -> bool:
    return any(getattr(leaf, "dtype", None) == np.float32 for leaf in leaves(value))


def rule_adjoints(sample: Sample, operands: list[Any], y: Any, weights: Any) -> list[Any]:
    """What the rule says, as one flat vector for each operand."""
    primitive = sample.primitive
    y_bar = with_values(y, weights)
    if primitive.partials is not None:
        found = primitive.partials(*operands, y)
        parts = found if isinstance(found, tuple) else (found,)
        shares = [None if p is None else np.multiply(y_bar, p) for p in parts]
        given = summed(shares, operands)
    elif primitive.adjoint is not None:
        found = primitive.adjoint(*operands, y=y, y_bar=y_bar)
        given = list(found) if isinstance(found, tuple) else [found]
        if primitive.broadcasts:
            given = summed(given, operands)
    else:
        given = []
    given += [None] * (len(operands) - len(given))
    return [spread(g, o) for g, o in zip(given, operands, strict=True)]


def spread(adjoint: Any, operand: Any) -> Any:
    """An adjoint in its operand's full shape, flat; of a sequence, element by element."""
    if isinstance(operand, list | tuple):
        parts = [spread(None if adjoint is None else adjoint[k], e) for k, e in enumerate(operand)]
        return np.concatenate([np.zeros(0), *parts])
    if not is_real(operand):
        return np.zeros(0)
    shape = np.shape(operand)
    return np.broadcast_to(0.0 if adjoint is None else adjoint, shape).astype(float).ravel()


def summed(shares: list[Any], operands: list[Any]) -> list[Any]:
    """Each share in the shape of its operand."""
    pairs = zip(shares, operands, strict=False)
    return [None if s is None else sum_to(s, np.shape(o)) for s, o in pairs]


def sum_to(value: Any, shape: tuple[int, ...]) -> Any:
    """The sum over the axes that broadcasting added or stretched."""
    value = np.asarray(value)
    while value.ndim > len(shape):
        value = value.sum(0)
    for axis, size in enumerate(shape):
        if size == 1:
            value = value.sum(axis, keepdims=True)
    return value


def numerical_adjoint(
    sample: Sample, operands: list[Any], i: int, weights: Any
) -> tuple[Any, bool]:
    """By complex step (then exact to rounding) or else by a sixth-order central difference."""
    wide = [widened(o) for o in operands]
    at = flat(wide[i])

    def value(x: Any) -> Any:
        result = sample.call([*wide[:i], with_values(wide[i], x), *wide[i + 1 :]])
        return np.sum(weights * flat(result))

    columns = np.eye(at.size)
    if sample.op in ANALYTIC and not _has_float32(sample.call(wide)):
        return np.array(
            [value(at + COMPLEX_STEP * 1j * e).imag for e in columns]
        ) / COMPLEX_STEP, True

    def slope(e: Any) -> float:
        total = sum(w * (value(at + k * STEP * e) - value(at - k * STEP * e)) for k, w in STENCIL)
        return float(total) / (60 * STEP)

    return np.array([slope(e) for e in columns]), False


ANALYTIC: set[Any] = {
    *(np.exp, np.exp2, np.expm1, np.log, np.log2, np.log10, np.log1p, np.sqrt, np.square),
    *(np.sin, np.cos, np.tan, np.arcsin, np.arccos, np.arctan, np.sinh, np.cosh, np.tanh),
    *(np.arcsinh, np.arccosh, np.arctanh, np.reciprocal, np.negative, np.positive),
    *(np.add, np.subtract, np.multiply, np.divide, np.power),
    *(np.sum, np.mean, np.prod, np.cumsum, np.matmul, np.dot, np.inner, np.outer, np.trace),
    *(np.reshape, np.ravel, np.transpose, np.swapaxes, np.moveaxis, np.squeeze, np.expand_dims),
    *(np.concatenate, np.stack, np.vstack, np.hstack, np.column_stack, np.diag, np.triu, np.tril),
}

# values ------------------------------------------------------------------------------------------


def leaves(value: Any) -> list[Any]:
    """The numbers and arrays in nested sequences."""
    if isinstance(value, list | tuple):
        return [leaf for v in value for leaf in leaves(v)]
    return [value]


def is_real(value: Any) -> bool:
    """Whether there is a float in it."""
    return any(
        isinstance(v, float) or (isinstance(v, np.ndarray | np.generic) and v.dtype.kind == "f")
        for v in leaves(value)
    )


def flat(value: Any) -> Any:
    """All floats as one vector."""
    parts = [np.ravel(v) for v in leaves(value) if isinstance(v, complex) or is_real(v) or _wide(v)]
    return np.concatenate(parts) if parts else np.zeros(0)


def _wide(value: Any) -> bool:
    return isinstance(value, np.ndarray | np.generic) and value.dtype.kind == "c"


def with_values(like: Any, values: Any) -> Any:
    """The same structure and types with other floats."""
    values = np.asarray(values)
    if isinstance(like, list | tuple):
        parts = []
        for element in like:
            size = flat(element).size
            parts.append(with_values(element, values[:size]))
            values = values[size:]
        return type(like)(*parts) if hasattr(like, "_fields") else type(like)(parts)
    if not is_real(like):
        return like
    if isinstance(like, np.ndarray):
        dtype = values.dtype if values.dtype.kind == "c" else like.dtype
        return values.reshape(like.shape).astype(dtype)
    number = values.reshape(())[()]
    return (
        number.item()
        if type(like) in (float, complex)
        else number.astype(number.dtype if number.dtype.kind == "c" else like.dtype)
    )


def widened(value: Any) -> Any:
    """With float64 for float32."""
    if isinstance(value, list | tuple):
        return type(value)(widened(v) for v in value)
    if isinstance(value, np.ndarray | np.generic) and value.dtype == np.float32:
        return value.astype(float)
    return value


def copied(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return type(value)(copied(v) for v in value)
    return value.copy() if isinstance(value, np.ndarray) else value


# kinds -------------------------------------------------------------------------------------------


class Answers(Questions):
    """Answers from the hints of symbols; the same key gives the same fresh dim."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[object, Dim] = {}

    def is_one(self, dim: Dim) -> bool | None:
        hints = dim.hints()
        return None if hints is None else hints == [1]

    def value(self, kind: Kind) -> Any:
        """An int by its hint, as the compiler has it in the call it compiles for."""
        dim = kind.value if isinstance(kind, Num) else None
        hints = dim.hints() if isinstance(dim, Dim) else None
        return super().value(kind) if hints is None else hints[0]

    def fresh(self, key: object, name: str) -> Dim:
        return self.known.setdefault(key, Dim.of(Sym(name)))


def kind_of(value: Any, symbolic: bool = True) -> Kind:
    """The kind of an argument: arrays have symbols for dims, Python's ints are known."""
    match value:
        case np.ndarray():
            return Num(
                value.dtype, tuple(_dim(n, symbolic) for n in value.shape), box=not value.ndim
            )
        case np.generic():
            return Num(value.dtype)
        case bool():
            return Num(np.dtype(bool), (), weak=True, value=value)
        case int():
            return integer(value)
        case float() | complex():
            return Num(np.dtype(type(value)), (), weak=True, value=None if symbolic else value)
        case tuple():
            return Tuple(tuple(kind_of(v, symbolic) for v in value))
        case list():
            kinds = tuple(kind_of(v, symbolic) for v in value)
            element = kinds[0] if len(set(kinds)) == 1 else UNKNOWN
            return List(element, Dim.of(len(kinds)), kinds)
        case slice():
            return Slice(*(NONE if b is None else integer(b) for b in _bounds(value)))
    return Static(value)


def _bounds(value: slice) -> tuple[Any, Any, Any]:
    return value.start, value.stop, value.step


def _dim(size: int, symbolic: bool) -> Dim:
    return Dim.of(Sym("n", hints=(size,))) if symbolic else Dim.of(size)


def check_kind(sample: Sample, symbolic: bool) -> None:
    """The kind function says what the call really returns."""
    operands = sample.operands()
    fixed = [not symbolic or i in sample.held for i in range(len(operands))]
    kinds = [kind_of(o, not known) for o, known in zip(operands, fixed, strict=True)]
    kind = sample.primitive.kind(Answers(), *kinds)
    if sample.vague:
        assert isinstance(kind, Num)
        kind = replace(kind, weak=type(sample.call(operands)) is float)
    assert_fits(kind, sample.call(operands))


def assert_fits(kind: Kind, value: Any) -> None:
    """A value is one of those that a kind stands for."""
    match kind:
        case Tuple(elements):
            assert isinstance(value, tuple)
            for element, v in zip(elements, value, strict=True):
                assert_fits(element, v)
        case List():
            assert isinstance(value, list)
            assert kind.length.hints() in (None, [len(value)])
            for element, v in zip(
                kind.elements or (kind.element,) * len(value), value, strict=True
            ):
                assert_fits(element, v)
        case Static():
            assert kind.value == value
        case Num():
            assert_number_fits(kind, value)
        case _:
            raise AssertionError(f"{kind} for {value!r}")


def assert_number_fits(kind: Num, value: Any) -> None:
    python = isinstance(value, bool | int | float | complex) and not isinstance(value, np.generic)
    assert kind.weak == python, f"{kind!r} for a {type(value).__name__}"
    assert np.dtype(type(value)) == kind.dtype if python else value.dtype == kind.dtype, f"{kind}"
    if kind.dims is not None:
        assert len(kind.dims) == np.ndim(value), f"{kind} for shape {np.shape(value)}"
        assert kind.box == (isinstance(value, np.ndarray) and value.ndim == 0), f"box {kind!r}"
        for dim, size in zip(kind.dims, np.shape(value), strict=True):
            assert dim.hints() in (None, [size]), f"{kind} for shape {np.shape(value)}"
    if isinstance(kind.value, Dim):
        assert kind.value.hints() in (None, [value])
    elif kind.value is not None:
        assert kind.value == value
