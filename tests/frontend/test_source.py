"""Reading functions: which definition is found, where it stands, and what is refused."""

from __future__ import annotations

import ast
import doctest
import functools
import importlib
import importlib.util
import linecache
import math
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gast
import numpy as np
import pytest

from srcgrad.errors import SourceError, UnsupportedError
from srcgrad.frontend import source
from srcgrad.frontend.source import FunctionSource, read, resolve

SCALE = 3.0


class Files:
    """Writes programs to files and runs them under the name of the file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, text: str, name: str = "model.py") -> Any:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return self.execute(text, str(path))

    @staticmethod
    def execute(text: str, name: str) -> Any:
        space: dict[str, Any] = {"__name__": "model"}
        exec(compile(text, name, "exec", dont_inherit=True), space)
        return SimpleNamespace(**space)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def text_of(found: FunctionSource) -> str:
    return ast.unparse(gast.gast_to_ast(found.node))


def refusal(function: Any) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read(function)
    error = caught.value
    assert error.what
    assert error.why
    assert error.fix
    assert error.__cause__ is None
    assert error.__context__ is None or error.__suppress_context__
    return error


def register(name: str, text: str) -> None:
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)


# ---- definitions


def test_function_of_a_file(files: Files) -> None:
    text = "import math\n\n\ndef f(x, *, k=2):\n    return k * math.sin(x)\n"
    f = files.run(text).f
    found = read(f)
    assert found.function is f
    assert found.name == "f"
    assert found.file == str(files.folder / "model.py")
    assert found.lines == tuple(text.splitlines())
    assert isinstance(found.node, gast.FunctionDef)
    assert found.node.lineno == 4
    assert text_of(found) == "def f(x, *, k=2):\n    return k * math.sin(x)"


def test_function_of_an_imported_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "imported_model.py").write_text("def f(x):\n    return x + 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    spec = importlib.util.find_spec("imported_model")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert text_of(read(module.f)) == "def f(x):\n    return x + 1"


def test_each_read_gives_a_tree_of_its_own(files: Files) -> None:
    f = files.run("def f(x):\n    return x\n").f
    assert read(f).node is not read(f).node


def test_decorators_are_dropped_and_positions_are_those_of_the_def(files: Files) -> None:
    text = (
        "def keep(*args):\n    return lambda f: f\n\n"
        "@keep(1,\n      2)\n@keep(lambda x: x)\ndef f(x):\n    return x\n"
    )
    found = read(files.run(text).f)
    assert found.node.decorator_list == []
    assert found.node.lineno == 7
    assert text_of(found) == "def f(x):\n    return x"


@pytest.mark.parametrize("number", [0, 1, 2])
def test_same_name_redefined(files: Files, number: int) -> None:
    text = "fs = []\n" + "".join(f"def f(x):\n    return x * {k}\nfs.append(f)\n" for k in range(3))
    assert text_of(read(files.run(text).fs[number])).endswith(f"x * {number}")


def test_functions_under_if_try_and_for(files: Files) -> None:
    text = (
        "if True:\n    def f(x):\n        return x\nelse:\n    def f(x):\n        return -x\n"
        "try:\n    raise ValueError\nexcept ValueError:\n    def g(x):\n        return 2 * x\n"
        "finally:\n    h = lambda x: 3 * x\n"
    )
    module = files.run(text)
    assert text_of(read(module.f)).endswith("return x")
    assert text_of(read(module.g)).endswith("return 2 * x")
    assert text_of(read(module.h)) == "lambda x: 3 * x"


def test_nested_functions_with_closures(files: Files) -> None:
    text = (
        "def outer(a):\n    def middle(b):\n        def inner(x):\n            return a * b * x\n"
        "        return inner\n    return middle\n"
    )
    inner = files.run(text).outer(2)(3)
    found = read(inner)
    assert found.node.lineno == 3
    assert found.node.col_offset == 8
    assert resolve(inner, "a") == ("closure", 2)
    assert resolve(inner, "b") == ("closure", 3)


METHODS = """\
class Model:
    def __init__(self, w):
        self.__w = w
    def loss(self, x):
        return self.__w * x + self.__class__.__name__.count("z") + self.__step(x, __k=1)
    def __step(self, x, __k=0):
        return x + __k
    @staticmethod
    def plain(x):
        return x
    @classmethod
    def made(cls, x):
        return super().__eq__(x)
    pick = lambda self, x: x
class __:
    def loss(self):
        return self.__w
"""


def test_methods(files: Files) -> None:
    model = files.run(METHODS).Model
    bound = read(model(2.0).loss)
    assert bound.function is model.loss
    assert bound.name == "loss"
    assert bound.node.lineno == 4
    assert read(model.loss).node.lineno == 4
    assert read(model.plain).node.lineno == 9
    assert read(model.made).node.lineno == 12
    assert read(model(2.0).pick).name == "lambda"


def test_private_names_are_written_out(files: Files) -> None:
    module = files.run(METHODS)
    loss = text_of(read(module.Model.loss))
    assert "self._Model__w * x" in loss
    assert "self.__class__.__name__" in loss
    assert "self._Model__step(x, _Model__k=1)" in loss
    step = read(module.Model._Model__step)
    assert step.name == "__step"
    assert text_of(step) == "def __step(self, x, _Model__k=0):\n    return x + _Model__k"
    assert "self.__w" in text_of(read(vars(module)["__"].loss))


def test_a_wrapper_is_read_itself(files: Files) -> None:
    text = (
        "import functools\ndef double(f):\n    @functools.wraps(f)\n    def wrapper(x):\n"
        "        return 2 * f(x)\n    return wrapper\n@double\ndef g(x):\n    return x\n"
    )
    g = files.run(text).g
    found = read(g)
    assert found.name == "g"
    assert found.node.name == "wrapper"
    assert text_of(found).endswith("return 2 * f(x)")
    assert text_of(read(g.__wrapped__)).endswith("return x")


def test_generators_and_coroutines_are_read(files: Files) -> None:
    module = files.run("def f(x):\n    yield x\nasync def g(x):\n    return x\n")
    assert isinstance(read(module.f).node, gast.FunctionDef)
    assert isinstance(read(module.g).node, gast.AsyncFunctionDef)


def test_a_function_renamed_to_what_is_no_identifier(files: Files) -> None:
    f = files.run("def f(x):\n    return x\n").f
    f.__name__ = "f of x"
    assert read(f).name == "f"


class Dispatcher:
    __module__ = "numba.core.dispatcher"

    def __init__(self, py_func: Any) -> None:
        self.py_func = py_func

    def __call__(self, *args: Any) -> Any:
        return self.py_func(*args)


def test_a_dispatcher_is_read_through() -> None:
    assert read(Dispatcher(text_of)).function is text_of


def test_numba(files: Files) -> None:
    numba = pytest.importorskip("numba")
    f = files.run("def f(x):\n    return x\n").f
    assert read(numba.njit(f)).function is f
    refusal(numba.vectorize(["float64(float64)"])(f))


def test_future_annotations_and_warnings_of_the_text(files: Files) -> None:
    text = (
        "from __future__ import annotations\ndef f(x: Array) -> Array:\n"
        "    def g(y: Array): return y\n    s = 1\n    return g(x)\n"
    )
    assert read(files.run(text).f).node.lineno == 2
    with pytest.warns((SyntaxWarning, DeprecationWarning)):
        g = files.run("def g(x):\n    s = '\\d'\n    return x is 1\n", "warns.py").g
    assert read(g).name == "g"


def test_functions_with_assertions_that_pytest_rewrote() -> None:
    def f(x: float) -> float:
        assert x > -1, "too small"
        g = lambda y: y * x  # noqa: E731
        assert all(v == 2 * 1 for v in [2])
        return g(x)

    assert read(f).name == "f"
    assert isinstance(read(f).node.body[0], gast.Assert)


def test_constants_of_all_types(files: Files) -> None:
    text = (
        "def f(x):\n    if x in {1, 'a', 2.5}:\n        return (1, (2.0, -0.0)), 1e999 - 1e999\n"
        "    return x[1:2], b'a', 1j, ...\n"
    )
    assert read(files.run(text).f).name == "f"


@pytest.mark.skipif(sys.version_info < (3, 12), reason="newer syntax")
def test_type_parameters(files: Files) -> None:
    module = files.run("def f[T](x: T) -> T:\n    return x\n")
    assert read(module.f).node.lineno == 1


def test_long_sums_are_read_or_refused(files: Files) -> None:
    short = files.run("def f(x):\n    return " + " + ".join(["x"] * 100) + "\n").f
    assert read(short).name == "f"
    limit = sys.getrecursionlimit()
    long = "def f(x):\n    return " + " + ".join(["x"] * limit) + "\ng = lambda x: x\n"
    module = files.run(long, "long.py")
    with pytest.raises(SourceError, match="nested too deeply"):
        read(module.f)
    assert read(module.g).name == "lambda"


# ---- lambdas


def test_lambda(files: Files) -> None:
    found = read(files.run("f = lambda x: x * 2\n").f)
    assert found.name == "lambda"
    assert isinstance(found.node, gast.Lambda)
    assert (found.node.lineno, found.node.col_offset) == (1, 4)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("fs = [lambda x: x, lambda x: 2 * x, lambda y: y]", [6, 19, 36]),
        ("fs = [lambda x: x, lambda x: x]", [6, 19]),
        ("fs = [lambda x: 1, lambda x: 1.0, lambda x: True]", [6, 19, 34]),
        ("fs = [lambda x: -0.0, lambda x: 0.0]", [6, 22]),
        ("fs = [lambda x, y=1: x, lambda x, y=2: x]", [6, 24]),
        ("fs = [lambda x, y: x, lambda x, *y: x, lambda x, *, y: x]", [6, 22, 39]),
        ("fs = [lambda x: x if x else 1, lambda x: x if x else 1]", [6, 31]),
        ("fs = [lambda x: x]; fs += [lambda x: x]", [6, 27]),
        ("fs = [f := lambda x: lambda x: x, f(1)]", [11, 21]),
        ("fs = [f := lambda x: lambda y=x: y, f(1)]", [11, 21]),
        ("é = 'é'; fs = [lambda x: é, lambda x: é]", [17, 31]),
    ],
)
def test_lambdas_on_one_line(files: Files, text: str, columns: list[int]) -> None:
    found = [read(f) for f in files.run(text + "\n").fs]
    assert [f.node.col_offset for f in found] == columns
    assert {f.node.lineno for f in found} == {1}


def test_lambdas_over_several_lines(files: Files) -> None:
    text = (
        "fs = [\n    lambda x: (\n        x * 2\n    ), lambda x: (\n        x * 2\n    ),\n"
        "    lambda x, y=lambda z: z: \\\n    y(x),\n]\n"
        "def call(f, *args, k=lambda x: x): return [f, *args, k]\n"
        "gs = call(\n    lambda x: x,\n    lambda x: x, lambda x: x)\n"
    )
    module = files.run(text)
    assert [read(f).node.lineno for f in module.fs] == [2, 4, 7]
    assert text_of(read(module.fs[2].__defaults__[0])) == "lambda z: z"
    places = [(read(g).node.lineno, read(g).node.col_offset) for g in module.gs]
    assert places == [(12, 4), (13, 4), (13, 17), (10, 21)]


def test_lambdas_in_decorators_closures_and_classes(files: Files) -> None:
    text = (
        "kept = []\n@(lambda f: kept.append(f) or f)\ndef g(x):\n    return x\n"
        "def keep(h):\n    kept.append(h)\n    return lambda f: f\n"
        "@keep(lambda x: -x)\ndef g(x):\n    return x\n"
        "def make(a):\n    return lambda x: a * x, lambda x: a * x, lambda x: 2 * x\n"
        "class A:\n    b = 2\n    f = lambda self, x: x, lambda self, x: b\n"
    )
    module = files.run(text)
    assert [read(f).node.lineno for f in module.kept] == [3, 8]
    assert read(module.g).node.lineno == 9
    assert [read(f).node.col_offset for f in module.make(1)] == [11, 28, 45]
    assert [read(f).node.col_offset for f in module.A.f] == [8, 27]


@pytest.mark.parametrize(
    "text",
    [
        "import numpy as np\ndef f(x): return np.sin(x).sum(axis=0)\n",
        "if True:\n    import numpy as np\ndef f(x): return np.sin(x).sum(axis=0)\n",
        "try:\n    from numpy import linalg as np\nexcept ImportError: pass\n"
        "f = [lambda x: np.sin(x), lambda x: np.cos(x)][0]\n",
        "class A:\n    import numpy as np\ndef f(x): return np.sin(x)\n",
        "def g():\n    import numpy as np\ndef f(x): return np.sin(x)\n",
        "class A:\n    def g(self): return np.sin(super().g())\nf = A.g\nkept = super\n",
    ],
)
def test_calls_that_depend_on_the_rest_of_the_file(files: Files, text: str) -> None:
    assert "np.sin" in text_of(read(files.run(text).f))


def test_cells_compiled_statement_by_statement() -> None:
    text = "import numpy as np\ndef f(x): return np.sin(x)\nfs = [lambda: np.e, lambda: np.f()]\n"
    register("<cell 2>", text)
    space: dict[str, Any] = {}
    for statement in ast.parse(text).body:
        exec(compile(ast.Module([statement], []), "<cell 2>", "exec", dont_inherit=True), space)
    assert text_of(read(space["f"])).endswith("np.sin(x)")
    assert [read(f).node.col_offset for f in space["fs"]] == [6, 20]


def test_lambda_and_def_on_one_line(files: Files) -> None:
    module = files.run("def f(x=lambda y: y): return x\n")
    assert read(module.f).name == "f"
    assert text_of(read(module.f.__defaults__[0])) == "lambda y: y"


def test_equal_lambdas_without_columns_are_refused(files: Files) -> None:
    text = "fs = [lambda x: x, lambda x: x, lambda x: 2 * x]\n"
    files.folder.joinpath("model.py").write_text(text)
    script = (
        "import sys; sys.path.insert(0, '.')\nfrom model import fs\n"
        "from srcgrad.frontend.source import read\n"
        "print(read(fs[2]).node.col_offset)\nread(fs[0])\n"
    )
    run = subprocess.run(
        [sys.executable, "-X", "no_debug_ranges", "-B", "-c", script],
        cwd=files.folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([".", *sys.path])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout == "32\n"
    assert "SourceError" in run.stderr
    assert "model.py:1:1: several lambdas" in run.stderr


# ---- where the text is


def test_file_is_parsed_once(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    body = "".join(f"    y = x + {k}\n" for k in range(18))
    text = "".join(f"def f{k}(x):\n{body}    return y\n" for k in range(100))
    module = files.run(text)
    parsed: list[str] = []
    parse = ast.parse
    monkeypatch.setattr(ast, "parse", lambda text: parsed.append(text) or parse(text))
    begun = time.perf_counter()
    found = [read(getattr(module, f"f{k}")) for k in range(100)]
    assert time.perf_counter() - begun < 5
    assert [f.node.lineno for f in found] == list(range(1, 2001, 20))
    assert len(parsed) == 1


def test_only_so_many_files_are_kept(files: Files) -> None:
    for k in range(source.MAX_FILES + 2):
        read(files.run(f"def f(x):\n    return {k}\n", f"model{k}.py").f)
    assert source._parsed.cache_info().currsize <= source.MAX_FILES


@pytest.mark.parametrize(
    "new",
    [
        "def f(x):\n    return x * 3.0 # longer\n",
        "def f(x):\n    return x * 2.0 + 1\n",
        "def f(x, y):\n    return x * 2.0\n",
        "def f(y):\n    return y * 2.0\n\n",
        "def g(x):\n    return x * 2.0\n\n",
        "# moved\ndef f(x):\n    return x * 2.0\n",
        "class f:\n    pass\n",
        "def f(x):\n    return x * (2.0\n",
        "x = 1\n",
    ],
)
def test_edited_since_it_was_loaded(files: Files, new: str) -> None:
    old = files.run("def f(x):\n    return x * 2.0\n").f
    assert read(old).name == "f"
    (files.folder / "model.py").write_text(new)
    error = refusal(old)
    assert "the source of f changed since it was loaded" in error.what
    assert error.location is not None
    assert error.location.file == str(files.folder / "model.py")
    assert error.location.line == 1


@pytest.mark.parametrize("new", ["# note\n    return x * 2.0\n", "\n    return (x*2.0)\n# end\n"])
def test_edits_that_change_nothing(files: Files, new: str) -> None:
    f = files.run("def f(x):\n    return x * 2.0\n").f
    read(f)
    (files.folder / "model.py").write_text("def f(x):" + new)
    assert text_of(read(f)) == "def f(x):\n    return x * 2.0"


def test_loaded_again_after_an_edit(files: Files) -> None:
    old = files.run("def f(x):\n    return x\n").f
    read(old)
    new = files.run("def f(x):\n    return x + 10\n").f
    assert text_of(read(new)).endswith("x + 10")
    refusal(old)


def test_deleted_file(files: Files) -> None:
    f = files.run("def f(x):\n    return x\n").f
    (files.folder / "model.py").unlink()
    assert "no text" in refusal(f).why


def test_deleted_file_and_another_module_of_its_name(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(files.folder))
    (files.folder / "elsewhere.py").write_text("def f(x):\n    return -x\n")
    monkeypatch.setitem(sys.modules, "model", importlib.import_module("elsewhere"))
    monkeypatch.delitem(sys.modules, "elsewhere")
    f = files.run("def f(x):\n    return x\n").f
    (files.folder / "model.py").unlink()
    assert "no text" in refusal(f).why
    assert not linecache.getlines(str(files.folder / "model.py"))


def test_cells_and_registered_text(files: Files) -> None:
    name = "<cell 1>"
    text = "await thing()\ndef f(x):\n    return x\n"
    code = compile(text, name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    function = next(c for c in code.co_consts if hasattr(c, "co_name"))
    register(name, text)
    f = type(read)(function, {})
    assert read(f).node.lineno == 2
    register(name, "def f(x):\n    return -x\n")
    assert text_of(read(files.execute("def f(x):\n    return -x\n", name).f)).endswith("-x")
    assert "changed" in refusal(f).what


def test_registered_lines_without_line_ends(files: Files) -> None:
    text = "def f(x):\r\n    return x\r\n"
    linecache.cache["<bare>"] = (len(text), None, text.split("\r\n"), "<bare>")
    assert read(files.execute(text, "<bare>").f).lines[1] == "    return x"


def test_doctest() -> None:
    text = ">>> def f(x):\n...     return x * 2\n>>> g = lambda x: x + 1\n"
    text += ">>> read(f).lines[1], read(g).node.col_offset\n('    return x * 2', 4)\n"
    case = doctest.DocTestParser().get_doctest(text, {"read": read}, "cell", None, 0)
    assert doctest.DocTestRunner().run(case) == (0, 3)


def test_other_encodings(files: Files) -> None:
    text = "# -*- coding: latin-1 -*-\ndef f(é): return é, (lambda x: é), 'ü'\n"
    path = files.folder / "latin.py"
    path.write_bytes(text.encode("latin-1"))
    space: dict[str, Any] = {}
    exec(compile(path.read_bytes(), str(path), "exec"), space)
    found = read(space["f"])
    assert found.lines[1] == text.splitlines()[1]
    last = found.node.body[0].value.elts[2]
    assert found.location(last).column == found.lines[1].index("'")


# ---- refusals


def test_functions_without_a_text(files: Files) -> None:
    typed = files.execute("def f(x):\n    return x\n", "<stdin>").f
    assert "interactive prompt" in refusal(typed).why
    made = files.execute("def f(x):\n    return x\n", "<string>").f
    assert "exec" in refusal(made).why
    assert "linecache" in refusal(eval("lambda x: x")).fix


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        (math.sin, "math.sin has no Python source"),
        (len, "builtins.len has no Python source"),
        (np.sin, "sin has no Python source"),
        (np.sum, "numpy.sum has no Python source"),
        (np.add.reduce, "reduce has no Python source"),
        (str.upper, "str.upper has no Python source"),
        ([].append, "append has no Python source"),
        (np.random.default_rng(0).normal, "normal has no Python source"),
        (int, "class 'int' is not a function"),
        (Files, "class 'Files' is not a function"),
        (functools.partial(text_of, 1), "'partial' object is not a function"),
        (np.vectorize(text_of), "'vectorize' object is not a function"),
        (3, "'int' object is not a function"),
        (None, "'NoneType' object is not a function"),
    ],
)
def test_what_is_no_python_function(thing: Any, words: str) -> None:
    assert words in refusal(thing).what


def test_callable_objects_and_what_to_pass() -> None:
    class Model:
        def __call__(self, x: float) -> float:
            return x

    assert "__call__" in refusal(Model()).fix
    assert read(Model().__call__).name == "__call__"
    assert "`text_of.__wrapped__`" in refusal(functools.cache(text_of)).fix
    assert "fixed arguments" in refusal(functools.partial(text_of)).fix


# ---- positions


def test_location_counts_characters(files: Files) -> None:
    found = read(files.run("def f(λ, x):\n    ñ = 'é' + λ; y = ñ * x\n    return y\n").f)
    second = found.node.body[1]
    place = found.location(second)
    assert (place.line, place.column) == (2, 17)
    assert place.text == "    ñ = 'é' + λ; y = ñ * x"
    assert str(place) == f"{found.file}:2:18"
    assert found.location(second.value.right).column == 25


def test_location_of_nodes_without_a_position(files: Files) -> None:
    found = read(files.run("def f(a):\n    return [b for b in a] + a\n").f)
    value = found.node.body[0].value
    assert found.location(value.left.generators[0]).column == 18
    assert found.location(value.op).line == 1
    assert found.location(found.node.args).column == 6


# ---- text of a statement


def shown(statement: str) -> str:
    """The text of `statement` where it is the body of a function, indented twice."""
    lines = statement.split("\n")
    text = "def f():\n  if 1:\n        " + "\n".join(lines) + "\n"
    node = gast.ast_to_gast(ast.parse(text).body[0])
    found = FunctionSource(lambda: 0, node, "f", "model.py", tuple(text.split("\n")))
    return found.statement_text(node.body[0].body[0])


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("x = 1", "x = 1"),
        ("x   =  1   # one", "x = 1"),
        ("x = 1; y = 2", "x = 1"),
        ("y = f(\n            a,\n            b\n        )  # call", "y = f(a, b)"),
        ("y = f(a,\n      b,  # the second, it's\n\n   # more\n   c)", "y = f(a, b, c)"),
        ("y = [  # first\n   [1,\n 2],\n [3, 4],\n ]", "y = [[1, 2], [3, 4],]"),
        ("y = f( a )", "y = f( a )"),
        ("y = a + \\\n      b", "y = a + b"),
        ("y = (a\n     + b)", "y = (a + b)"),
        ("y = {\n  'a': 1,\n  'b': x[1:2],\n}", "y = {'a': 1, 'b': x[1:2],}"),
        ("s = 'two  spaces # no comment'  # comment", "s = 'two  spaces # no comment'"),
        ("s = \"it's  #\" + r'\\' #'", "s = \"it's  #\" + r'\\' #'"),
        ("s = f'{a  +  b:>  8}  #'", "s = f'{a  +  b:>  8}  #'"),
        ('s = """a  b\n  # c\n  d"""', 's = """a  b\\n  # c\\n  d"""'),
        ("s = 'a \\\n  b'", "s = 'a   b'"),
        ("s = ('a'   'b'\n  'c')", "s = ('a' 'b' 'c')"),
        ("größe  =  λ ** 2  # é", "größe = λ ** 2"),
        ("return", "return"),
        ("return (\n   x)", "return (x)"),
        ("f(lambda x: x)[1:]", "f(lambda x: x)[1:]"),
        ("x: dict[str,  int]  =  {}", "x: dict[str, int] = {}"),
        ("for w, b in params:  # layers\n            pass", "for w, b in params:"),
        ("for i in range(\n   3\n ): pass", "for i in range(3):"),
        ("for i in x[1:]:\n            pass\n        else:\n            pass", "for i in x[1:]:"),
        ("if x: y = {1: 2}", "if x:"),
        ("if (x :=\n f(lambda: {1: 2})): y = 1", "if (x := f(lambda: {1: 2})):"),
        ("while lambda a=lambda: 1: a: break", "while lambda a=lambda: 1: a:"),
        ("while x != 'a:b' : break", "while x != 'a:b' :"),
        ("with open(a) as f, \\\n  open(b) as g: pass", "with open(a) as f, open(b) as g:"),
        ("try:\n            pass\n        finally:\n            pass", "try:"),
        ("@g\n        def h(x: int,\n   y=':') -> 'a:b': pass", "def h(x: int, y=':') -> 'a:b':"),
        ("async def h(x): return x", "async def h(x):"),
        ("class A(B):\n            x = 1", "class A(B):"),
        ("match x:\n            case 1: pass", "match x:"),
        ("match = x", "match = x"),
    ],
)
def test_statement_text(statement: str, text: str) -> None:
    assert shown(statement) == text


@pytest.mark.skipif(sys.version_info < (3, 12), reason="newer syntax")
def test_statement_text_of_nested_quotes() -> None:
    assert shown("s =  f'{d['a']:.2f}'  + 'b'  # c") == "s = f'{d['a']:.2f}' + 'b'"


def test_statement_text_is_cut() -> None:
    exact = "x = " + "a" * 84
    assert shown(exact) == exact
    cut = shown(exact + "a")
    assert cut == "x = " + "a" * 80 + " ..."
    assert len(cut) == 88
    assert shown("x = " + "a" * 79 + " + b + ccc") == "x = " + "a" * 79 + " ..."


def test_statement_text_of_elif_expressions_and_handlers(files: Files) -> None:
    text = (
        "def f(x):\n    if x > 0:\n        return 1\n    elif (x <\n          0): # below\n"
        "        return 2\n    try:\n        pass\n    except  ValueError as e:\n"
        "        return -(x\n   + 1)\n"
    )
    found = read(files.run(text).f)
    first, attempt = found.node.body
    handler = attempt.handlers[0]
    assert found.statement_text(first.orelse[0]) == "elif (x < 0):"
    assert found.statement_text(handler) == "except ValueError as e:"
    assert found.statement_text(handler.body[0].value) == "-(x + 1)"
    assert found.statement_text(handler.body[0].value.operand) == "x + 1"
    assert found.statement_text(found.node) == "def f(x):"


def test_statement_text_of_a_lambda(files: Files) -> None:
    found = read(files.run("f = [lambda x: (x +\n   1)][0]\n").f)
    assert found.statement_text(found.node) == "lambda x: (x + 1)"
    assert found.statement_text(gast.Add()) == "lambda x: (x + 1)"


# ---- names


def test_resolve() -> None:
    weight = 1.0

    def f(x: float) -> float:
        return weight * SCALE * len([x])

    assert resolve(f, "weight") == ("closure", 1.0)
    assert resolve(f, "SCALE") == ("global", SCALE)
    assert resolve(f, "len") == ("builtin", len)
    weight = 2.0
    assert resolve(f, "weight") == ("closure", 2.0)


def test_resolve_prefers_what_is_nearest(files: Files) -> None:
    text = "def make(len):\n    return lambda x: len(x)\nf = make(1)\ng = lambda x: len(x)\n"
    module = files.run(text)
    assert resolve(module.f, "len") == ("closure", 1)
    assert resolve(module.g, "len") == ("builtin", len)
    module.g.__globals__["len"] = 5
    assert resolve(module.g, "len") == ("global", 5)


def test_resolve_reads_through_methods(files: Files) -> None:
    model = files.run("K = 4\nclass Model:\n    def f(self):\n        return K + __class__\n").Model
    assert resolve(model().f, "K") == ("global", 4)
    assert resolve(model().f, "__class__") == ("closure", model)


def test_resolve_what_is_not_defined() -> None:
    def f(x: float) -> float:
        return late(x)

    with pytest.raises(UnsupportedError, match="name 'foo' is not defined") as caught:
        resolve(f, "foo")
    assert caught.value.fix
    with pytest.raises(UnsupportedError, match="name 'late' is not defined"):
        resolve(f, "late")
    late = abs
    assert resolve(f, "late") == ("closure", abs)
    assert late is abs
