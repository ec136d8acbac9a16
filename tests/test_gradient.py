"""The object that a user holds: what it shows, copies, pickles and behaves like."""

from __future__ import annotations

import copy
import functools
import inspect
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np
import pytest

import srcgrad
from srcgrad import Gradient, SrcgradError, grad, value_and_grad
from support import assert_close, models

HERE = Path(__file__).parent


def square(x, scale=2.0):
    """The square of x, scaled."""
    return scale * x**2


# what it shows ------------------------------------------------------------------------------------


def test_source_of_the_latest_variant() -> None:
    g = grad(square)
    g(3.0)
    assert "x: float" in g.source
    g(np.float32(3.0))
    assert "x: float32" in g.source
    assert g.source == g.variants[-1].source
    assert str(g) == g.source


def test_source_before_the_first_call() -> None:
    g = grad(square)
    assert "def square_grad(x, scale)" in g.source
    assert len(g.variants) == 0


def test_print(capsys: pytest.CaptureFixture[str]) -> None:
    g = grad(square)
    g(3.0)
    print(g)
    assert capsys.readouterr().out == g.source + "\n"


def test_text_of_what_cannot_be_compiled() -> None:
    def f(x):
        global square
        square = x
        return x

    g = grad(f)
    assert "not compiled" in str(g)
    with pytest.raises(SrcgradError):
        _ = g.source


def test_repr() -> None:
    g = grad(square)
    assert repr(g) == "<grad_square(x, scale=2.0), 0 variants>"
    g(1.0)
    assert repr(g) == "<grad_square(x, scale=2.0), 1 variant>"


def test_names() -> None:
    g = value_and_grad(square)
    assert g.__name__ == "value_and_grad_square"
    assert g.__module__ == square.__module__
    assert g.primal is square
    assert g.__wrapped__ is square
    assert isinstance(g, Gradient)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "Returns the gradient of square with respect to x."),
        ({"argnums": (0, 1)}, "Returns the gradient of square with respect to (x, scale)."),
        (
            {"has_aux": True},
            "Returns the gradient of square with respect to x and what square returns",
        ),
    ],
)
def test_doc(options: dict[str, Any], words: str) -> None:
    doc = inspect.getdoc(grad(square, **options))
    assert doc is not None
    assert doc.startswith(words)
    assert doc.endswith("The square of x, scaled.")


def test_doc_of_value_and_grad() -> None:
    doc = value_and_grad(square).__doc__
    assert doc.startswith("Returns the value of square and the gradient of square")
    doc = value_and_grad(square, has_aux=True).__doc__
    assert doc.startswith("Returns the pair of the value of square and what square returns beside")


def test_inspect() -> None:
    g = grad(square)
    assert inspect.signature(g) == inspect.signature(square)
    assert inspect.getsource(g) == inspect.getsource(square)
    assert inspect.signature(grad(lambda x, /, y=1, *z, w: x)) == inspect.signature(
        lambda x, /, y=1, *z, w: x
    )


def test_variants() -> None:
    g = grad(lambda x: np.sum(x * x))
    assert len(g.variants) == 0
    assert repr(g.variants) == "no variant compiled yet"
    g(np.ones(3))
    g(2.0)
    first, second = g.variants
    assert first.kinds.startswith("x: float64[n]")
    assert "x is an array of float64 with rank 1" in first.guard
    assert "x is of type float" in second.guard
    assert second.source == g.source
    assert_close(first.function(np.ones(2)), np.full(2, 2.0))
    assert g.variants[-1].kinds == second.kinds
    assert len(g.variants[:1]) == 1
    assert first.guard in str(g.variants)


def test_guards_are_words() -> None:
    values = [1.0, 2.0]

    def f(params, scale, mode, n):
        w, bs = params
        for b in bs:
            w = w + b
        return np.sum(w @ w.T) * scale[0] * abs(values[0]) + (n if mode is None else 0)

    g = grad(f)
    g((np.ones((2, 3)), [np.ones(3), np.ones(3)]), {0: 1.0}, None, 2)
    guard = g.variants[0].guard
    for sign in ("_", "==", "!=", "type(", "ndarray", "cell_contents"):
        assert sign not in guard, guard
    assert "params has length 2" in guard
    assert "for every" in guard
    assert "mode is None" in guard
    assert "abs is the builtin" in guard


# how it behaves -----------------------------------------------------------------------------------


def test_hash_and_equality() -> None:
    g, other = grad(square), grad(square)
    assert len({g, other, g}) == 2
    assert g == g
    assert g != other
    assert functools.lru_cache(lambda f: f(1.0))(g) == 4.0


def test_partial_of_a_gradient() -> None:
    """The variants compiled later are seen by partials made before."""
    g = grad(square)
    p = functools.partial(g, 3.0)
    assert (p(), p(), p(scale=1.0)) == (12.0, 12.0, 6.0)
    assert len(g.variants) == 1


def test_attributes_of_the_function() -> None:
    def f(x):
        return x

    f.note = "kept"
    f.primal = "hidden"
    g = grad(f)
    assert g.note == "kept"
    assert g.primal is f


def test_method() -> None:
    spring = models.Spring(4.0)
    assert spring.force(3.0) == 12.0
    assert spring.force(x=3) == 12.0
    assert models.Spring.force(spring, 3.0) == 12.0
    assert list(inspect.signature(spring.force).parameters) == ["x"]
    assert models.Spring(1.0).force(3.0) == 3.0
    assert len(models.Spring.force.variants) == 1


def test_bound_method_as_primal() -> None:
    spring = models.Spring(4.0)
    g = grad(spring.energy)
    assert g(3.0) == 12.0
    assert g(x=3) == 12.0
    assert list(inspect.signature(g).parameters) == ["x"]
    spring.stiffness = 2.0
    assert g(3.0) == 6.0
    assert len(g.variants) == 1
    assert value_and_grad(spring.energy)(3.0) == (9.0, 6.0)


def test_static_and_class_methods() -> None:
    class Maths:
        factor = 3.0

        @staticmethod
        @grad
        def slope(x):
            return x * x

        @classmethod
        @grad(argnums=1)
        def scaled(cls, x):
            return cls.factor * x

    assert Maths.slope(3.0) == Maths().slope(3.0) == 6.0
    assert Maths.scaled(1.0) == 3.0


def test_decorated_function_is_read_itself() -> None:
    """A wrapper made with functools.wraps is what runs, so it is what is differentiated."""

    def doubled(f):
        @functools.wraps(f)
        def wrapper(x):
            return 2.0 * f(x)

        return wrapper

    @doubled
    def f(y, z=1.0):
        return y * y * z

    assert grad(f)(3.0) == 12.0


def scaled_by_two(f):
    @functools.wraps(f)
    def wrapper(*args, **kwargs):
        return 2.0 * f(*args, **kwargs)

    return wrapper


def test_a_wrapper_that_passes_on_what_it_is_given() -> None:
    """Its positions are those of the function that it wraps."""

    @scaled_by_two
    @scaled_by_two
    def f(y, /, z, *, k=1.0):
        return y * z * z * k

    assert grad(f)(3.0, 2.0) == 16.0
    assert grad(f, (0, 1))(3.0, z=2.0, k=0.5) == (8.0, 24.0)
    assert srcgrad.jvp(f, (3.0, 2.0), (1.0, 0.0)) == (48.0, 16.0)
    assert srcgrad.hessian(f, 1)(3.0, 2.0) == 24.0


def test_a_wrapper_sees_as_many_arguments_as_it_is_given() -> None:
    @functools.wraps(lambda x, y=5.0: None)
    def counted(*args):
        return len(args) * args[0]

    assert grad(counted)(1.0) == 1.0
    assert grad(counted)(1.0, 2.0) == 2.0


def test_lambdas() -> None:
    f, g = grad(lambda x: x * x), grad(lambda x: 3.0 * x)
    assert (f(2.0), g(2.0)) == (4.0, 3.0)
    assert f.__name__ == "grad_<lambda>"
    assert "def function_grad(x)" in f.source


# errors -------------------------------------------------------------------------------------------


def frames(error: BaseException) -> list[str]:
    found, at = [], error.__traceback__
    while at is not None:
        found.append(at.tb_frame.f_code.co_name)
        at = at.tb_next
    return found


def test_errors_of_the_function_pass_through() -> None:
    class OwnError(Exception):
        pass

    def f(x):
        if x > 1.0:
            raise OwnError("too large")
        return x * x

    g = grad(f)
    assert g(0.5) == 1.0
    for _ in range(2):
        with pytest.raises(OwnError, match="too large") as caught:
            g(2.0)
        assert caught.value.__cause__ is None
    with pytest.raises(OwnError):
        grad(f)(2.0)


def test_refusals_show_no_stage_of_the_compiler() -> None:
    with pytest.raises(SrcgradError) as caught:
        grad(lambda x: [x, x])(1.0)
    assert len(frames(caught.value)) <= 4
    assert caught.value.__suppress_context__


def test_bug_in_the_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    from srcgrad import staging

    def broken(*_: Any) -> None:
        raise KeyError("lost")

    monkeypatch.setattr(staging.Stages, "tidy", broken)
    g = grad(square)
    for call in (lambda: g(1.0), lambda: g.source, lambda: srcgrad.stages(square, 1.0)):
        with pytest.raises(SrcgradError, match="this is a bug in srcgrad: KeyError: 'lost'") as bug:
            call()
        assert type(bug.value) is SrcgradError
        assert bug.value.__suppress_context__
        assert "broken" in str(bug.value)
        assert "broken" not in frames(bug.value)
    assert len(g.variants) == 0
    monkeypatch.undo()
    assert g(1.0) == 4.0


def test_wrong_call() -> None:
    g = grad(square)
    with pytest.raises(TypeError, match=r"grad_square\(\) missing 1 required positional argument"):
        g()
    with pytest.raises(TypeError, match="unexpected keyword"):
        g(1.0, wrong=2.0)
    with pytest.raises(TypeError, match="takes from 1 to 2"):
        g(1.0, 2.0, 3.0)


# copies -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_copy(copied: Callable[[Any], Any]) -> None:
    g = grad(square)
    assert g(3.0) == 12.0
    other = copied(g)
    assert other is not g
    assert other(3.0) == 12.0
    assert len(other.variants) == 1
    other(np.float32(3.0))
    assert (len(g.variants), len(other.variants)) == (1, 2)
    assert other.__name__ == g.__name__


def test_deepcopy_inside_of_something() -> None:
    box = copy.deepcopy({"g": grad(square), "x": np.ones(2)})
    assert box["g"](3.0) == 12.0


# pickles ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dump", [pickle.dumps, cloudpickle.dumps])
@pytest.mark.parametrize("name", ["decorated", "decorated_pair", "wrapped"])
def test_pickle_of_module_level(dump: Any, name: str) -> None:
    g = getattr(models, name)
    args = (np.ones(2), 3.0) if name == "wrapped" else (2.0,)
    again = pickle.loads(dump(g))
    if name != "wrapped":
        assert again is g
    else:
        assert again.primal is models.energy
    np.testing.assert_equal(again(*args), g(*args))
    assert len(dump(g)) < 400


def test_pickle_of_a_method() -> None:
    assert pickle.loads(pickle.dumps(models.Spring.force)) is models.Spring.force
    g = pickle.loads(pickle.dumps(grad(models.Spring(4.0).energy)))
    assert g(3.0) == 12.0


def make_closures() -> dict[str, Gradient]:
    rate, table = 0.5, np.arange(3.0)

    def helper(x):
        return rate * x

    def f(x):
        return np.sum(helper(x) * table) + models.scale * HERE_SCALE

    def keyword(x, *, power=2, shift=HERE_SCALE):
        return x**power + shift

    return {
        "closure": grad(f),
        "lambda": grad(lambda x: np.sum(x * rate)),
        "keyword": value_and_grad(keyword),
        "recursive": grad(helper, wrt="rate"),
    }


HERE_SCALE = 2.0


@pytest.mark.parametrize("dump", [pickle.dumps, cloudpickle.dumps])
@pytest.mark.parametrize("name", list(make_closures()))
def test_pickle_of_closures(dump: Any, name: str) -> None:
    g = make_closures()[name]
    data = dump(g)
    again = pickle.loads(data)
    assert again(3.0) is not None
    np.testing.assert_equal(again(3.0), g(3.0))
    assert again.source == g.source
    assert again.__name__ == g.__name__
    assert again.primal.__qualname__ == g.primal.__qualname__
    np.testing.assert_equal(in_another_process(data, 3.0), g(3.0))


def in_another_process(data: bytes, *args: Any) -> Any:
    """The result of a pickled gradient in a fresh interpreter."""
    program = (
        "import pickle, sys; g, args = pickle.load(sys.stdin.buffer); g = pickle.loads(g)\n"
        "assert g.source; sys.stdout.buffer.write(pickle.dumps(g(*args)))"
    )
    done = python("-c", program, input=pickle.dumps((data, args)))
    return pickle.loads(done.stdout)


def python(*command: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    code = f"import sys; sys.path[:0] = [{str(HERE)!r}, {str(HERE.parent)!r}]\n"
    prefixed = [code + c if "\n" in c else c for c in command]
    return subprocess.run([sys.executable, *prefixed], capture_output=True, check=True, **options)


def test_changes_after_unpickling() -> None:
    """Functions that share a namespace or a cell still do."""
    g = pickle.loads(pickle.dumps(make_closures()["closure"]))
    before = g(3.0)
    helper, rate = g.primal.__closure__[0].cell_contents, 1.5
    helper.__closure__[0].cell_contents = rate
    np.testing.assert_allclose(g(3.0), 3.0 * before)


MAIN = '''
import pickle, sys
from dataclasses import dataclass
import numpy as np
import srcgrad

scale = 3.0

def helper(x):
    return scale * x

@srcgrad.grad
def decorated(x):
    """Twice decorated."""
    return np.sum(helper(x) ** 2)

def plain(x, y=np.ones(2)):
    return np.sum(helper(x) * y) ** 2

wrapped = srcgrad.grad(plain, argnums=(0, 1))
two = [srcgrad.grad(lambda x: x * scale), srcgrad.grad(lambda x: helper(x) * x)]

if __name__ == "__main__":
    data = [(pickle.dumps(g), g(2.0)) for g in (decorated, wrapped, *two)]
    pickle.dump(data, open(sys.argv[1], "wb"))
'''


@pytest.mark.parametrize("dump", ["pickle", "cloudpickle"])
def test_pickle_from_main(tmp_path: Path, dump: str) -> None:
    """Gradients of a script can be read where there is no script."""
    script, out = tmp_path / "script.py", tmp_path / "out"
    text = MAIN.replace("import pickle,", f"import {dump} as pickle,")
    script.write_text(f"import sys; sys.path[:0] = [{str(HERE.parent)!r}]\n" + text)
    subprocess.run([sys.executable, str(script), str(out)], check=True, capture_output=True)
    script.unlink()
    data = pickle.loads(out.read_bytes())
    assert len(data) == 4
    for dumped, want in data:
        got = pickle.loads(dumped)(2.0)
        np.testing.assert_equal(got, want)


def test_pickle_between_processes(tmp_path: Path) -> None:
    """Spawned workers get gradients of the main module."""
    script = tmp_path / "spawn.py"
    text = MAIN[: MAIN.index("if __name__")]
    text += (
        "from multiprocessing import get_context\n"
        "if __name__ == '__main__':\n"
        "    with get_context('spawn').Pool(1) as pool:\n"
        "        print(pool.map(decorated, [1.0, 2.0]), pool.map(two[1], [1.0]))\n"
    )
    script.write_text(f"import sys; sys.path[:0] = [{str(HERE.parent)!r}]\n" + text)
    done = subprocess.run([sys.executable, str(script)], check=True, capture_output=True, text=True)
    assert done.stdout == "[18.0, 36.0] [6.0]\n"


def test_pickle_without_source() -> None:
    space: dict[str, Any] = {}
    exec("def f(x):\n    return x", space)
    with pytest.raises(pickle.PicklingError, match="no source"):
        pickle.dumps(grad(space["f"]))


def test_pickle_of_lambdas_on_a_line() -> None:
    pair = [grad(lambda x: x * x), grad(lambda x: x * 3.0)]
    again = pickle.loads(pickle.dumps(pair))
    assert [g(2.0) for g in again] == [4.0, 3.0]
