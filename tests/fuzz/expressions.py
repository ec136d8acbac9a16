"""Random expressions of a wanted shape, over the names in scope."""

from __future__ import annotations

import math
from collections.abc import Callable

from fuzz.state import Helper, Kind, Pack, Record, Shape, State

UNARY = (
    "np.sin({0})",
    "-({0})",
    "np.tanh({0})",
    "np.cos({0})",
    "({0}) ** 2 * 0.5",
    "np.exp(-np.square({0}))",
    "np.log(1.5 + np.sin({0}))",
    "np.sqrt(1.0 + ({0}) ** 2)",
    "1.0 / (1.0 + np.exp(-({0})))",
    "np.arctan({0})",
    "np.log1p(np.square({0}))",
    "np.expm1(np.tanh({0}))",
    "np.arcsinh({0})",
    "np.abs({0})",
    "np.maximum({0}, 0.25)",
    "np.clip({0}, -0.9, 0.8)",
    "np.where({0} > 0.3, {0}, 0.5 * {0})",
    "np.arcsin(0.9 * np.sin({0}))",
    "np.cosh(np.sin({0}))",
    "2.0 ** np.tanh({0})",
    "np.reciprocal(1.5 + np.cos({0}))",
    "np.sign({0}) * {0}",
    "({0}) % 1.7",
    "np.copy({0}) * 2",
    "np.float_power(np.square({0}) + 0.5, 1.5)",
)
BINARY = (
    "{0} + {1}",
    "{0} * {1}",
    "{0} - {1}",
    "{0} / (1.5 + np.cos({1}))",
    "np.maximum({0}, {1})",
    "np.minimum({0}, {1})",
    "np.hypot({0}, 1.0 + np.square({1}))",
    "np.arctan2({0}, 1.5 + np.cos({1}))",
    "np.logaddexp({0}, {1})",
    "(1.5 + np.sin({0})) ** np.tanh({1})",
    "np.power(1.5 + np.sin({0}), np.cos({1}))",
    "np.where({0} > {1}, np.sin({0}), {1})",
    "np.clip({0}, {1} - 1.0, {1} + 0.5)",
    "({0}) % (2.5 + np.sin({1}))",
    "np.add({0}, {1})",
    "np.multiply({0}, {1})",
)
SCALAR_UNARY = (
    "math.sin({0})",
    "math.exp(-({0}) ** 2)",
    "abs({0})",
    "float({0})",
    "math.tanh({0})",
)
SCALAR_BINARY = ("max({0}, {1})", "min({0}, {1}, 0.4)", "pow(1.5 + math.cos({0}), {1})")
CONSTANTS = ("0.5", "2.0", "1", "-0.7", "3", "1.3", "0", "0.1")
TOTALS = (
    "np.sum({0})",
    "np.mean({0})",
    "({0}).sum()",
    "np.max({0})",
    "({0}).mean()",
    "np.min({0})",
    "np.var({0})",
    "np.prod({0})",
    "np.sqrt(0.1 + np.sum(np.square({0})))",
    "np.linalg.norm({0})",
    "np.std({0})",
    "({0}).max()",
)
FOLDS = ("np.sum", "np.mean", "np.max", "np.min", "np.var", "np.prod", "np.std")


def simple(text: str) -> str:
    """The text, in parentheses unless it is a name, an element or a positive number."""
    return text if text.replace(".", "").replace("_", "").isalnum() else f"({text})"


def literal(shape: Shape) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def value(state: State, kind: Kind, depth: int = 2) -> str:
    """An expression of any kind."""
    if isinstance(kind, Pack):
        whole = state.names_of(kind)
        if whole and state.chance(3):
            return state.choose(whole)
        parts = [value(state, part, depth - 1) for part in kind.parts]
        if kind.listed:
            return f"[{', '.join(parts)}]"
        return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
    if isinstance(kind, Record):
        pairs = [f'"{key}": {value(state, part, depth - 1)}' for key, part in kind.fields]
        return f"{{{', '.join(pairs)}}}"
    return expression(state, kind, depth)


def expression(state: State, shape: Shape, depth: int = 2) -> str:
    """An expression of a shape."""
    if depth <= 0:
        return leaf(state, shape)
    makers: list[Callable[[State, Shape, int], str]] = [leaf_at, unary, binary, binary, called]
    if not state.uniform:
        makers += [reduced, picked, contracted, chosen]
        makers += [reshaped, joined] if shape else []
    return state.choose(makers)(state, shape, depth)


def leaf_at(state: State, shape: Shape, depth: int) -> str:
    return leaf(state, shape)


def leaf(state: State, shape: Shape) -> str:
    """A name, an element, or a constant; an array made of a number if there is no other."""
    names = state.of_shape(shape)
    if names and not state.chance(6):
        return state.choose(names)
    if shape == ():
        return scalar_leaf(state)
    if names:
        return state.choose(names)
    inner = simple(scalar_leaf(state))
    return state.choose(
        (f"{inner} * np.ones({literal(shape)})", f"np.full({literal(shape)}, {inner})")
    )


def scalar_leaf(state: State) -> str:
    options = [lambda: state.choose(CONSTANTS)]
    if state.ints:
        options.append(lambda: f"0.3 * {state.choose(state.ints)}")
    if state.of_shape(()):
        options.append(lambda: state.choose(state.of_shape(())))
    if state.arrays() and not state.uniform:
        options += [lambda: element(state)] * 3
    return state.choose(options)()


def element(state: State) -> str:
    """One element of an array, by constants or by an integer of the program."""
    text, shape = state.choose(state.arrays())
    indices = [index(state, size) for size in shape]
    if len(shape) == 2 and state.chance(4):
        return f"{text}[{indices[0]}][{indices[1]}]"
    return f"{text}[{', '.join(indices)}]"


def index(state: State, size: int) -> str:
    options = [str(state.pick(0, size - 1)), str(-1 - state.pick(0, size - 1))]
    if state.ints:
        name = state.choose(state.ints)
        options += [f"{name} % {size}", f"-1 - {name} % {size}"]
    return state.choose(options)


def unary(state: State, shape: Shape, depth: int) -> str:
    templates = UNARY + (SCALAR_UNARY if shape == () and not state.uniform else ())
    return state.choose(templates).format(simple(expression(state, shape, depth - 1)))


def binary(state: State, shape: Shape, depth: int) -> str:
    left, right = broadcast_pair(state, shape)
    both_scalars = left == right == () and not state.uniform
    templates = BINARY + (SCALAR_BINARY if both_scalars else ())
    a, b = expression(state, left, depth - 1), expression(state, right, depth - 1)
    return state.choose(templates).format(simple(a), simple(b))


def broadcast_pair(state: State, shape: Shape) -> tuple[Shape, Shape]:
    """Two shapes that broadcast to the one wanted."""
    options: list[tuple[Shape, Shape]] = [(shape, shape)]
    if shape:
        options += [(shape, ()), ((), shape), (shape, (1,)), (shape, (1,) * len(shape))]
    if len(shape) == 2:
        rows, columns = shape
        options += [
            (shape, (columns,)),
            ((rows, 1), (columns,)),
            ((rows, 1), (1, columns)),
            (shape, (rows, 1)),
            ((1, columns), shape),
        ]
    return state.choose(options)


def called(state: State, shape: Shape, depth: int) -> str:
    """A call of a helper, of a local function, or of a function that takes a function."""
    options: list[Callable[[], str]] = []
    argument = lambda: expression(state, shape, depth - 1)  # noqa: E731
    for helper in state.helpers:
        if helper.result == shape or helper.result == "same":
            options.append(lambda helper=helper: call(state, helper, shape, depth))
    if state.functions:
        options.append(lambda: f"{state.choose(state.functions)}({argument()})")
    if state.on("higher_order"):
        options.append(lambda: f"apply({function_value(state)}, {argument()})")
        options.append(lambda: f"repeat({function_value(state)}, {argument()}, {state.pick(0, 3)})")
    return state.choose(options)() if options else unary(state, shape, depth)


def function_value(state: State) -> str:
    """Something to pass as a function of one argument."""
    names = ["np.sin", "np.tanh", "lambda t: 0.5 * t + t * t", "lambda t: t"]
    names += [f"lambda t: np.cos(t) * {name}" for name in state.of_shape(()) if name.isidentifier()]
    return state.choose([*names, *state.functions])


def call(state: State, helper: Helper, shape: Shape, depth: int) -> str:
    """A call with all arguments, without the defaulted ones, or with some by keyword."""
    texts = []
    for position, (name, kind) in enumerate(helper.params):
        optional = position >= len(helper.params) - helper.defaults
        if optional and state.chance(2):
            break
        wanted = shape if kind == "same" else kind
        text = value(state, wanted, min(depth - 1, 1))
        texts.append(f"{name}={text}" if optional and state.chance(2) else text)
    return f"{helper.name}({', '.join(texts)})"


# what changes the shape ---------------------------------------------------------------------------


def a_size(state: State) -> int:
    return state.choose((3, 2, 1))


def reduced(state: State, shape: Shape, depth: int) -> str:
    """A reduction to the shape: of everything, or along one axis."""
    if shape == ():
        inner = state.choose([s for _, s in state.arrays()] or [(3,)])
        if state.on("masks") and len(inner) == 1 and state.chance(4):
            return masked(state, inner)
        return state.choose(without_std(state, TOTALS)).format(expression(state, inner, depth - 1))
    if len(shape) == 1:
        size = a_size(state)
        inner, axis = state.choose((((size, *shape), 0), ((*shape, size), 1)))
        axis -= len(inner) if state.chance(2) else 0
        return fold(state, inner, f"axis={axis}", depth)
    if 1 in shape:
        axis = shape.index(1)
        inner = tuple(a_size(state) if k == axis else size for k, size in enumerate(shape))
        return fold(state, inner, f"axis={axis}, keepdims=True", depth)
    return unary(state, shape, depth)


def without_std(state: State, forms: tuple[str, ...]) -> tuple[str, ...]:
    return forms if state.on("std") else tuple(form for form in forms if "std" not in form)


def fold(state: State, inner: Shape, axis: str, depth: int) -> str:
    text = expression(state, inner, depth - 1)
    if state.chance(5):
        return f"{simple(text)}.{state.choose(('sum', 'mean', 'max'))}({axis})"
    return f"{state.choose(without_std(state, FOLDS))}({text}, {axis})"


def masked(state: State, inner: Shape) -> str:
    name = state.choose(state.of_shape(inner) or ["np.ones(3)"])
    test = state.choose((f"{name} > 0.15", f"np.sin({name}) < 0.3", f"~({name} > 0.15)"))
    return f"np.sum(np.square({name}[{test}]))"


def picked(state: State, shape: Shape, depth: int) -> str:
    """Elements, rows, columns, slices and fancy indices."""
    if shape == ():
        return element(state) if state.arrays() else leaf(state, shape)
    if len(shape) == 1:
        return picked_vector(state, shape[0], depth)
    rows, columns = shape
    options = [
        ((rows, columns), "[::-1]"),
        ((rows + 1, columns), "[1:]"),
        ((rows, columns + 1), "[:, :-1]"),
        ((rows, columns), "[:, ::-1]"),
        ((rows, columns), f"[{[k % rows for k in range(1, rows + 1)]}]"),
        ((3, columns), f"[{[2 - k % 3 for k in range(rows)]}, :]"),
        ((rows, 3), f"[:, {[k % 2 for k in range(columns)]}]"),
    ]
    options += [((rows,), "[:, None]")] if columns == 1 else []
    options += [((columns,), "[None, :]"), ((columns,), "[None]")] if rows == 1 else []
    inner, suffix = state.choose(options)
    return simple(expression(state, inner, depth - 1)) + suffix


def picked_vector(state: State, size: int, depth: int) -> str:
    other = a_size(state)
    options = [
        ((size,), "[::-1]"),
        ((size + 1,), "[1:]"),
        ((size + 2,), "[1:-1]"),
        ((2 * size,), "[::2]"),
        ((2 * size,), "[::-2]"),
        ((other, size), f"[{index(state, other)}]"),
        ((size, other), f"[:, {index(state, other)}]"),
        ((other, size), f"[{index(state, other)}, ::-1]"),
        ((3,), f"[{[(2 * k) % 3 for k in range(size)]}]"),
        ((2,), f"[np.array({[k % 2 for k in range(size)]})]"),
        ((3, size), f"[{[k % 3 for k in range(size)]}, {list(range(size))}]"),
        ((size, 1), "[..., 0]"),
    ]
    inner, suffix = state.choose(options)
    return simple(expression(state, inner, depth - 1)) + suffix


def contracted(state: State, shape: Shape, depth: int) -> str:
    """Products that sum: matmul, dot, inner, outer, trace."""
    size = a_size(state)
    inner = lambda wanted: simple(expression(state, wanted, depth - 1))  # noqa: E731
    if shape == ():
        form = state.choose(
            ("{0} @ {1}", "np.dot({0}, {1})", "np.inner({0}, {1})", "np.trace", "{0}.dot({1})")
        )
        if form == "np.trace":
            return f"np.trace({inner((size, size))})"
        return form.format(inner((size,)), inner((size,)))
    forms = ("{0} @ {1}", "np.dot({0}, {1})", "np.matmul({0}, {1})", "{0}.dot({1})")
    if len(shape) == 1:
        left, right = state.choose((((*shape, size), (size,)), ((size,), (size, *shape))))
        return state.choose(forms).format(inner(left), inner(right))
    rows, columns = shape
    if state.chance(3):
        return f"np.outer({inner((rows,))}, {inner((columns,))})"
    return state.choose(forms).format(inner((rows, size)), inner((size, columns)))


def chosen(state: State, shape: Shape, depth: int) -> str:
    """A conditional expression, or np.where by a test on numbers."""
    a, b = expression(state, shape, depth - 1), expression(state, shape, depth - 1)
    return f"({a} if {test(state)} else {b})"


def reshaped(state: State, shape: Shape, depth: int) -> str:
    size = math.prod(shape)
    inner = lambda wanted: simple(expression(state, wanted, depth - 1))  # noqa: E731
    if len(shape) == 1:
        form = state.choose(
            (
                "np.reshape({0}, -1)",
                "{0}.ravel()",
                "np.squeeze({1}, axis=1)",
                "np.cumsum({2})",
                "np.roll({2}, 1)",
                "np.flip({2})",
            )
        )
        return form.format(inner((1, size)), inner((size, 1)), inner(shape))
    rows, columns = shape
    form = state.choose(
        (
            "{0}.T",
            "np.reshape({1}, {2})",
            "{1}.reshape({3}, -1)",
            "np.transpose({0})",
            "np.broadcast_to({4}, {2})",
            "np.flip({5}, axis=1)",
            "np.swapaxes({0}, 0, 1)",
        )
    )
    return form.format(
        inner((columns, rows)),
        inner((size,)),
        literal(shape),
        rows,
        inner((columns,)),
        inner(shape),
    )


def joined(state: State, shape: Shape, depth: int) -> str:
    inner = lambda wanted: expression(state, wanted, depth - 1)  # noqa: E731
    if len(shape) == 1:
        if shape[0] == 1:
            return f"np.array([{inner(())}])"
        rest = (shape[0] - 1,)
        options: list[Callable[[], str]] = [
            lambda: f"np.concatenate([{inner((1,))}, {inner(rest)}])",
            lambda: f"np.hstack(({inner(rest)}, {inner((1,))}))",
            lambda: f"np.stack([{', '.join(inner(()) for _ in range(shape[0]))}])",
            lambda: f"np.array([{', '.join(inner(()) for _ in range(shape[0]))}])",
        ]
        return state.choose(options)()
    rows, columns = shape
    options = [
        lambda: f"np.stack([{', '.join(inner((columns,)) for _ in range(rows))}])",
        lambda: f"np.stack([{', '.join(inner((rows,)) for _ in range(columns))}], axis=-1)",
        lambda: f"np.array([{', '.join(inner((columns,)) for _ in range(rows))}])",
    ]
    if columns > 1:
        half = (rows, columns - 1)
        options.append(lambda: f"np.concatenate([{inner(half)}, {inner((rows, 1))}], axis=1)")
    return state.choose(options)()


# tests --------------------------------------------------------------------------------------------


def test(state: State) -> str:
    """A condition: on data, integers, bools or shapes."""
    options: list[Callable[[], str]] = []
    if state.ints:
        options.append(lambda: f"{state.choose(state.ints)} % 2 == {state.pick(0, 1)}")
        options.append(lambda: f"{state.choose(state.ints)} > {state.pick(0, 2)}")
    if state.bools:
        options.append(lambda: state.choose(state.bools))
    if not state.uniform:
        options += data_tests(state)
    if not options:
        return "True"
    if state.chance(6):
        first, second = state.choose(options)(), state.choose(options)()
        return state.choose((f"{first} and {second}", f"{first} or {second}", f"not ({first})"))
    return state.choose(options)()


def data_tests(state: State) -> list[Callable[[], str]]:
    options = [
        lambda: f"{scalar_leaf(state)} > {state.choose(CONSTANTS)}",
        lambda: f"{simple(expression(state, (), 1))} < {state.choose(CONSTANTS)}",
        lambda: f"-0.5 < {scalar_leaf(state)} <= 1.5",
    ]
    if state.arrays():
        name, shape = state.choose(state.arrays())
        options += [
            lambda: f"np.sum({name}) > 0.1",
            lambda: f"np.any({name} > 0.5)",
            lambda: f"{name}.shape[0] > {shape[0] - 1}",
        ]
    return options
