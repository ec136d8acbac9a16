"""Trees of numbers: to one vector and back, mapped, multiplied, and what is refused."""

from __future__ import annotations

import collections
import copy
import dataclasses
import doctest
import enum
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar

import cloudpickle
import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import srcgrad
from srcgrad import ArgumentError, trees
from srcgrad.trees import inner, leaves, map_leaves, ravel
from support.trees import assert_same as assert_equal
from support.trees import children

T = TypeVar("T")


class Pair(NamedTuple):
    """A named tuple."""

    left: Any
    right: Any


Plain = collections.namedtuple("Plain", "first second")


@dataclasses.dataclass
class Layer:
    """A dataclass that counts how often it is made, and takes floats alone."""

    W: Any
    b: Any
    made = 0

    def __post_init__(self) -> None:
        Layer.made += 1


@dataclasses.dataclass(frozen=True)
class Frozen:
    x: Any
    y: Any


@dataclasses.dataclass(frozen=True, slots=True)
class Slotted:
    x: Any
    y: Any


@dataclasses.dataclass(slots=True)
class Open(Generic[T]):
    x: T
    y: Any = None


@dataclasses.dataclass
class Odd:
    """Fields of every sort: not set, not an argument, of the class."""

    x: Any
    scale: dataclasses.InitVar[float]
    derived: Any = dataclasses.field(init=False)
    unset: Any = dataclasses.field(init=False, repr=False, compare=False)
    count: int = dataclasses.field(default=3, kw_only=True)

    def __post_init__(self, scale: float) -> None:
        self.derived = self.x * scale


def kinds(tree: Any) -> Any:
    """The types of all containers and leaves, with the paths to them."""
    parts = children(tree)
    below = [(path, kinds(part)) for path, part in parts or ()]
    return type(tree), getattr(tree, "dtype", None), below


def assert_same(a: Any, b: Any) -> None:
    """The same containers with equal leaves of the same types, to the last bit."""
    assert kinds(a) == kinds(b)
    assert_equal(a, b, "tree")


A = np.array
CONTAINERS: list[tuple[Any, list[float]]] = [
    (1.5, [1.5]),
    (A([1.0, 2.0]), [1, 2]),
    ((), []),
    ([], []),
    ({}, []),
    (None, []),
    (([], {"a": ()}, None), []),
    ((1.0, 2.0), [1, 2]),
    ([1.0, (2.0, [3.0])], [1, 2, 3]),
    ({"w": 1.0, "b": 2.0}, [2, 1]),
    ({10: 1.0, 2: 2.0}, [2, 1]),
    ({"b": 1.0, 2: 2.0, "a": 3.0, 1: 4.0}, [4, 2, 3, 1]),
    ({("a", 1): 1.0, ("a", 0): 2.0}, [2, 1]),
    (Pair(A([1.0]), 2.0), [1, 2]),
    (Plain(Plain(1.0, 2.0), None), [1, 2]),
    (Layer(A([[1.0, 2.0], [3.0, 4.0]]), 5.0), [1, 2, 3, 4, 5]),
    (Frozen(1.0, (2.0,)), [1, 2]),
    (Slotted(1.0, (2.0,)), [1, 2]),
    (Open(1.0), [1]),
    (Open(Slotted(1.0, {"z": Pair(2.0, [3.0])})), [1, 2, 3]),
    (A(7.0), [7]),
    (np.float64(7.0), [7]),
    ([A(7.0), A([[[]]]), 8.0], [7, 8]),
    (A([[1.0, 2.0], [3.0, 4.0]], order="F"), [1, 2, 3, 4]),
    (A([1.0, 2.0, 3.0])[::-2], [3, 1]),
    ([A([1.0, 2.0], ">f8"), 3.0], [1, 2, 3]),
]


@pytest.mark.parametrize(("tree", "numbers"), CONTAINERS, ids=[repr(t) for t, _ in CONTAINERS])
def test_every_container(tree: Any, numbers: list[float]) -> None:
    before = copy.deepcopy(tree)
    vector, unravel = ravel(tree)
    assert_same(vector, A(numbers, float))
    assert vector.dtype.isnative
    assert_same(unravel(vector), before)
    assert_same(tree, before)
    assert_same(map_leaves(lambda leaf: leaf, tree), before)
    assert inner(tree, tree) == sum(n * n for n in numbers)


def test_order_of_a_dict_is_kept_on_the_way_back() -> None:
    vector, unravel = ravel({"w": 1.0, "b": 2.0})
    assert list(unravel(vector)) == ["w", "b"]
    assert list(map_leaves(abs, {"w": 1.0, "b": 2.0})) == ["w", "b"]


def test_dicts_with_equal_keys_have_the_same_order() -> None:
    """So that the vector of a gradient fits that of the parameters."""
    a, b = {"w": 1.0, "b": 2.0}, {"b": 2.0, "w": 1.0}
    assert_same(ravel(a)[0], ravel(b)[0])
    assert leaves(a) == leaves(b)


def test_fields_of_every_sort() -> None:
    odd = Odd(2.0, 10.0)
    vector, unravel = ravel(odd)
    assert vector.tolist() == [2, 20, 3]
    back = unravel(vector + 1)
    assert (back.x, back.derived, back.count, hasattr(back, "unset")) == (3.0, 21.0, 4.0, False)


def test_constructors_are_not_called() -> None:
    vector, unravel = ravel(Layer(1.0, 2.0))
    made = Layer.made
    assert unravel(vector) == map_leaves(float, Layer(1.0, 2.0))
    assert Layer.made == made + 1  # the one of this test


# dtypes -------------------------------------------------------------------------------------------

f2, f4, f8, long = np.float16, np.float32, np.float64, np.longdouble
DTYPES = [
    ([A([1.0], f4), A([2.0], f4)], f4),
    ([A([1.0], f4), f4(2.0)], f4),
    ([A([1.0], f4), 2.0], f8),
    ([A([1.0], f4), 2], f8),
    ([A([1.0], f4), A([2.0])], f8),
    ([A([1.0], f2)], f2),
    ([A([1.0], f2), f4(1.0)], f4),
    ([A([1.0], long), 1.0], long),
    ([A([], f4), None], f4),
    ([], f8),
    ([1], f8),
]


@pytest.mark.parametrize(("tree", "dtype"), DTYPES, ids=[repr(t) for t, _ in DTYPES])
def test_dtype_of_the_vector(tree: Any, dtype: type) -> None:
    vector, unravel = ravel(tree)
    assert vector.dtype == dtype
    assert_same(unravel(vector), map_leaves(lambda x: float(x) if type(x) is int else x, tree))


def test_leaves_keep_their_types_whatever_the_vector_is() -> None:
    _, unravel = ravel([A([1.0], f4), f4(1.0), f8(1.0), 1.0, A(1.0), 1])
    for vector in (np.arange(6.0), np.arange(6, dtype=f4), np.arange(6), list(range(6))):
        want = [A([0.0], f4), f4(1.0), f8(2.0), 3.0, A(4.0), 5.0]
        assert_same(unravel(vector), want)


def test_ints_become_floats() -> None:
    """Optimisers move every number; the gradient takes Python ints for floats too."""
    vector, unravel = ravel({"n": 3})
    assert vector.dtype == f8
    assert_same(unravel(vector + 0.5), {"n": 3.5})


# memory -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tree", [np.ones(3), [np.ones(3)], [np.ones(3), 2.0], Layer(np.ones(3), 1)]
)
def test_no_memory_is_shared(tree: Any) -> None:
    before = copy.deepcopy(tree)
    vector, unravel = ravel(tree)
    vector[:] = -5.0
    assert_same(tree, before)
    back, again = unravel(vector), unravel(vector)
    arrays = [x for t in (back, again) for x in leaves(t) if isinstance(x, np.ndarray)]
    assert not any(np.shares_memory(x, vector) for x in arrays)
    assert not np.shares_memory(*arrays)
    assert all(x.flags.writeable for x in arrays)
    assert unravel.size == len(vector)


def test_vectors_that_are_not_contiguous_or_read_only() -> None:
    _, unravel = ravel([np.ones((2, 2)), 1.0])
    vector = np.arange(10.0)[::2]
    vector.flags.writeable = False
    assert_same(unravel(vector), [A([[0.0, 2.0], [4.0, 6.0]]), 8.0])


# pickling -----------------------------------------------------------------------------------------

EXAMPLE = Frozen({"w": np.ones((2, 3), f4)}, [Slotted(1.0, None), Pair(A(2.0), np.float32(3.0))])


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickled(protocol: int) -> None:
    vector, unravel = ravel(EXAMPLE)
    again = pickle.loads(pickle.dumps(unravel, protocol))
    assert again == unravel
    assert_same(again(vector), EXAMPLE)
    assert_same(copy.deepcopy(unravel)(vector), EXAMPLE)


def test_pickled_into_another_process() -> None:
    pack = pickle.dumps(ravel({"w": np.ones(2), "b": (1.0, None)})[1])
    program = "import pickle, sys; print(pickle.load(sys.stdin.buffer)([1, 2, 3]))"
    command = [sys.executable, "-c", program]
    run = subprocess.run(command, input=pack, capture_output=True, check=True)
    assert run.stdout.decode().strip() == "{'w': array([2., 3.]), 'b': (1.0, None)}"


def test_pickled_with_a_local_class() -> None:
    @dataclasses.dataclass(frozen=True)
    class Local:
        x: float

    vector, unravel = ravel(Local(2.0))
    again = cloudpickle.loads(cloudpickle.dumps(unravel))
    assert again(vector).x == 2.0


def test_unravel_says_what_it_makes() -> None:
    assert repr(ravel({"b": 1.0, "a": np.ones(3)})[1]) == (
        "<unravel: 4 numbers to a dict with the keys ['a', 'b']>"
    )
    assert repr(ravel(1.0)[1]) == "<unravel: 1 numbers to a leaf>"


# round trips --------------------------------------------------------------------------------------

floats = st.floats(allow_nan=False, width=32)
scalars = st.one_of(
    floats, st.sampled_from([f2, f4, f8, long]).flatmap(lambda t: st.just(t(0.25))), st.none()
)
arrays = hnp.arrays(
    st.sampled_from([f2, f4, f8]),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
    elements=st.floats(-100, 100, width=16),
)
keys = st.one_of(st.text(max_size=2), st.integers(-5, 5))


def containers(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    pairs = [st.builds(kind, parts, parts) for kind in (Pair, Plain, Frozen, Slotted, Layer, Open)]
    several = st.lists(parts, max_size=3)
    return st.one_of(several, several.map(tuple), st.dictionaries(keys, parts, max_size=3), *pairs)


forests = st.recursive(st.one_of(scalars, arrays), containers, max_leaves=12)


@given(forests)
@settings(deadline=None, max_examples=150)
def test_round_trip(tree: Any) -> None:
    vector, unravel = ravel(tree)
    assert vector.ndim == 1
    assert vector.dtype.kind == "f"
    assert vector.size == unravel.size == sum(np.size(leaf) for leaf in leaves(tree))
    assert_same(unravel(vector), tree)
    assert_same(ravel(unravel(vector))[0], vector)
    assert ravel(unravel(vector))[1] == unravel
    assert_same(pickle.loads(pickle.dumps(unravel))(vector), tree)


@given(forests)
@settings(deadline=None, max_examples=50)
def test_maps_and_products_agree_with_vectors(tree: Any) -> None:
    vector = ravel(tree)[0].astype(float)
    double = map_leaves(lambda x: 2.0 * np.asarray(x, float), tree)
    np.testing.assert_array_equal(ravel(double)[0], 2.0 * vector)
    with np.errstate(over="ignore", invalid="ignore"):
        np.testing.assert_allclose(inner(tree, double), 2.0 * np.sum(vector * vector))


# leaves, maps, products ---------------------------------------------------------------------------


def test_leaves_are_the_same_objects() -> None:
    w = np.ones(3)
    found = leaves({"w": w, "n": 2, "b": [None, 1.0]})
    assert found[2] is w
    assert found[:2] == [1.0, 2]


def test_map_of_several_trees() -> None:
    made = map_leaves(lambda x, y, z: (x, y, z), [1.0, (2.0,)], [3.0, (4.0,)], [5.0, (6.0,)])
    assert made == [(1.0, 3.0, 5.0), ((2.0, 4.0, 6.0),)]


def test_maps_may_return_anything() -> None:
    assert map_leaves(np.shape, Slotted(np.ones((2, 3)), None)) == Slotted((2, 3), None)
    assert map_leaves(lambda x: None, [1.0, [2.0]]) == [None, [None]]


def test_inner_is_in_double_precision() -> None:
    tiny = np.full(3, 1e-30, f4)
    assert inner(tiny, tiny) == pytest.approx(3e-60)
    assert type(inner([np.ones(3, f4), np.float32(1.0)], [np.ones(3), 2])) is float
    assert inner([], []) == 0.0


DIFFERENT: list[tuple[Any, Any, str]] = [
    ([1.0], (1.0,), "the first has a list of 1 at tree, number 2 has a tuple of 1"),
    ([1.0], [1.0, 2.0], "a list of 1 at tree, number 2 has a list of 2"),
    ({"a": 1.0}, {"b": 1.0}, "keys ['a'] at tree, number 2 has a dict with the keys ['b']"),
    ({"a": [1.0, None]}, {"a": [1.0, 2.0]}, "None at tree['a'][1], number 2 has a leaf"),
    (Pair(1.0, (2.0,)), Pair(1.0, 2.0), "a tuple of 1 at tree.right, number 2 has a leaf"),
    (Frozen(1.0, 2.0), Slotted(1.0, 2.0), "a Frozen of 2 at tree, number 2 has a Slotted of 2"),
    (1.0, None, "the first has a leaf at tree, number 2 has None"),
]


@pytest.mark.parametrize(("a", "b", "text"), DIFFERENT, ids=[text for *_, text in DIFFERENT])
def test_trees_of_different_structures(a: Any, b: Any, text: str) -> None:
    actions: list[Callable[[], Any]] = [
        lambda: inner(a, b),
        lambda: map_leaves(lambda x, y: x, a, b),
    ]
    for action in actions:
        with pytest.raises(ArgumentError) as caught:
            action()
        assert text in caught.value.what


def test_the_tree_that_differs_is_named() -> None:
    with pytest.raises(ArgumentError, match="number 3 has a leaf"):
        map_leaves(lambda *x: x, [1.0], [2.0], 3.0)


@pytest.mark.parametrize(("a", "b"), [(np.ones(3), np.ones((3, 1))), (1.0, np.ones(1))])
def test_products_of_different_shapes(a: Any, b: Any) -> None:
    with pytest.raises(ArgumentError, match="leaves of shapes"):
        inner([a], [b])


# what is refused ----------------------------------------------------------------------------------


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Level(enum.IntEnum):
    HIGH = 1


REFUSED: list[tuple[Any, str, str]] = [
    ({"a": [True]}, "of type bool at tree['a'][0]", "another argument"),
    ([np.arange(3)], "of type ndarray and dtype int64 at tree[0]", "np.asarray(..., float)"),
    (np.int64(3), "of type int64 and dtype int64 at tree", "float(...)"),
    (A([True]), "dtype bool", "another argument"),
    (np.True_, "dtype bool", "another argument"),
    (1j, "of type complex at tree", "imaginary part"),
    (np.ones(2, complex), "dtype complex128", "imaginary part"),
    (Frozen(1.0, "name"), "of type str at tree.y", "another argument"),
    (Pair(1.0, b"name"), "of type bytes at tree.right", "another argument"),
    (A(["a"]), "dtype <U1", "another argument"),
    (A([1.0, None]), "dtype object", "another argument"),
    (np.datetime64("2020-01-01"), "of type datetime64", "another argument"),
    ({1.0, 2.0}, "of type set", "another argument"),
    (np.sum, "of type _ArrayFunctionDispatcher", "another argument"),
    (Frozen, "of type type", "another argument"),
    (Level.HIGH, "of type Level", "another argument"),
    (np.ma.array([1.0]), "of type MaskedArray", "np.asarray(..., float)"),
    (np.rec.array([(1.0,)], dtype=[("x", float)]), "of type recarray", "another argument"),
    ({"a": collections.OrderedDict(b=1.0)}, "of type OrderedDict at tree['a']", "dict(...)"),
    (collections.defaultdict(float), "of type defaultdict", "dict(...)"),
    (type("Mine", (list,), {})([1.0]), "of type Mine", "list(...)"),
    (sys.version_info, "of type version_info", "tuple(...)"),
    ((x for x in [1.0]), "of type generator", "another argument"),
    ({"d": {Colour.RED: 1.0, Colour.BLUE: 2.0}}, "at tree['d']", "as keys"),
    ({frozenset({1}): 1.0, frozenset({2}): 2.0}, "at tree", "as keys"),
    ({float("nan"): 1.0, 2.0: 2.0, 1.0: 3.0}, "at tree", "as keys"),
]


@pytest.mark.parametrize(
    "action", [ravel, leaves, lambda t: map_leaves(id, t), lambda t: inner(t, t)]
)
@pytest.mark.parametrize(("tree", "what", "fix"), REFUSED, ids=[what for _, what, _ in REFUSED])
def test_refused(action: Callable[[Any], Any], tree: Any, what: str, fix: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        action(tree)
    assert what in caught.value.what
    assert fix in caught.value.fix
    assert caught.value.why


BAD_VECTORS: list[Any] = [
    *(np.ones(2), np.ones(4), np.ones((3, 1)), np.ones((1, 3)), 1.0, [], "abc", None),
    *(np.ones(3, complex), np.ones(3, bool), np.ones(3, object), ["a", "b", "c"]),
]


@pytest.mark.parametrize("vector", BAD_VECTORS, ids=repr)
def test_bad_vectors(vector: Any) -> None:
    _, unravel = ravel({"w": np.ones(2), "b": 1.0})
    with pytest.raises(ArgumentError) as caught:
        unravel(vector)
    assert "a vector of shape" in caught.value.what
    assert "3 real numbers" in caught.value.why
    assert "(3,)" in caught.value.fix


def test_empty_trees_take_empty_vectors() -> None:
    _, unravel = ravel({})
    assert unravel([]) == {}
    with pytest.raises(ArgumentError):
        unravel([1.0])


# with gradients -----------------------------------------------------------------------------------


def energy(params: Any, scale: float) -> Any:
    W, b = params["layer"]
    return scale * np.sum((W + b) ** 2) + params["c"] ** 3


def test_the_vector_of_a_gradient() -> None:
    params = {"layer": (np.array([[1.0, 2.0]]), 3.0), "c": 2, "unused": None}
    x, unravel = ravel(params)

    def value(x: Any) -> Any:
        return energy(unravel(x), 0.5)

    gradient, same = ravel(srcgrad.grad(energy)(params, 0.5))
    assert same.node == unravel.node
    steps = 1e-6 * np.eye(len(x))
    numeric = [(value(x + h) - value(x - h)) / 2e-6 for h in steps]
    np.testing.assert_allclose(gradient, numeric, rtol=1e-6)


def test_minimised_by_scipy() -> None:
    optimize = pytest.importorskip("scipy.optimize")
    x, unravel = ravel({"layer": [np.array([[1.0, 2.0]]), 3.0], "c": 2.0})
    value_and_grad = srcgrad.value_and_grad(bowl)

    def objective(x: Any) -> Any:
        value, gradient = value_and_grad(unravel(x))
        return value, ravel(gradient)[0]

    found = unravel(optimize.minimize(objective, x, jac=True, method="BFGS").x)
    assert_close = np.testing.assert_allclose
    assert_close(found["layer"][0], [[4.0, 4.0]], atol=1e-5)
    assert_close([found["layer"][1], found["c"]], [5.0, -1.0], atol=1e-5)


def bowl(params: Any) -> Any:
    W, b = params["layer"]
    return np.sum((W - 4.0) ** 2) + (b - 5.0) ** 2 + (params["c"] + 1.0) ** 2


def test_examples_in_docstrings() -> None:
    failed, tried = doctest.testmod(trees)
    assert failed == 0
    assert tried > 8
