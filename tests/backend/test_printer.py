"""Printed trees parse back to themselves, read as expected, and are stable under ruff format."""

import shutil
import subprocess
import sys
import sysconfig
import warnings
from pathlib import Path

import gast
import numpy as np
import pytest

from srcgrad.backend.printer import expression_source, to_source

# Modules that use the corners of the grammar.
CORNERS = ["test_grammar", "test_fstring", "test_patma", "test_named_expressions", "test_unpack_ex"]
CORNERS += ["test_except_star", "test_coroutines", "test_type_params", "test_generators"]


def parse(source):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return gast.parse(source)


def check_round_trip(source, width=100):
    tree = parse(source)
    printed = to_source(tree, width)
    assert gast.dump(parse(printed)) == gast.dump(tree), printed
    assert printed.endswith("\n")
    assert not printed.endswith("\n\n")
    return printed


def sample(folder, count):
    """That many source files of a folder, evenly spaced."""
    files = [path for path in sorted(folder.rglob("*.py")) if path.stat().st_size < 80_000]
    skipped = {"site-packages", "test", "tests"}
    files = [path for path in files if not skipped & {*path.relative_to(folder).parts}]
    return files[:: max(len(files) // count, 1)][:count]


STDLIB = Path(sysconfig.get_paths()["stdlib"])
CORNER_FILES = [path for name in CORNERS if (path := STDLIB / "test" / f"{name}.py").exists()]
FILES = sample(STDLIB, 100) + sample(Path(np.__file__).parent, 30) + CORNER_FILES


def test_sample_is_large():
    assert len(FILES) >= 130


def is_readable(path):
    """Whether a file is source that this Python reads; test data of the library may not be."""
    try:
        parse(path.read_text(encoding="utf8"))
    except (SyntaxError, UnicodeDecodeError):
        return False
    return True


@pytest.mark.parametrize(
    "path", [f for f in FILES if is_readable(f)], ids=lambda path: "/".join(path.parts[-2:])
)
def test_files_round_trip(path):
    check_round_trip(path.read_text(encoding="utf8"))


# What comes in: what is printed, when it is not the same.
SNIPPETS = {
    "x = a[:, 0]": None,
    "x = a[1:, None, ...]": None,
    "x = a[(i, j)]": "x = a[i, j]",
    "x = a[(i,)]": "x = a[i,]",
    "x = a[()]": None,
    "x = a[*i]": None,
    "x = a[*i, j]": None,
    "x = a[(i := 1)]": None,
    "x = a[1:-1]": None,
    "x = a[i+1:]": "x = a[i + 1 :]",
    "x = a[:n-1:2]": "x = a[: n - 1 : 2]",
    "x = a[::f(n)]": "x = a[:: f(n)]",
    "x = a[f(n)::-1]": "x = a[f(n) :: -1]",
    "x = a[-n:, i.j:k]": "x = a[-n:, i.j : k]",
    "x = (a + b) * c - (d - e)": None,
    "x = (a + b) + (c + d)": "x = a + b + (c + d)",
    "x = a / (b * c) / d": None,
    "x = x ** 2": "x = x**2",
    "x = x ** (n - 1)": None,
    "x = x[i]**2 + f(x)**2": "x = x[i] ** 2 + f(x) ** 2",
    "x = x.y**-2": None,
    "x = (-x)**2": "x = (-x) ** 2",
    "x = (-1)**n": "x = (-1) ** n",
    "x = -x**2": "x = -(x**2)",
    "x = 2**3**n": None,
    "x = (2**3)**n": "x = (2**3) ** n",
    "x = 2 ** -f(n)": None,
    "x = (await x) ** 2": None,
    "x = -(-x) + ~y": "x = --x + ~y",
    "x = not (a and b) or c and (d or e)": None,
    "x = (not a) == b": None,
    "x = not a == b": None,
    "x = (a < b) < c <= d": None,
    "x = a is not b not in c": None,
    "x = a if b else c if d else e": None,
    "x = (a if b else c) if (d if e else f) else g": None,
    "x = (lambda: a)()": None,
    "x = lambda x, /, y=1, *a, k, **w: (yield)": None,
    "x = (lambda *, k: 1) if a else (lambda: 2)": "x = (lambda *, k: 1) if a else lambda: 2",
    "x = (a, b)": "x = a, b",
    "(a, b), c = d, e = (f, g)": "(a, b), c = d, e = f, g",
    "(a,) = x = (y,)": None,
    "a, *b = *c, d": None,
    "[a, b] = ()": None,
    "x += (a, b)": "x += a, b",
    "x = yield": None,
    "x = yield a, b": None,
    "x = (yield) + (yield from a)": None,
    "yield": None,
    "x: int = 1": None,
    "(x): int": None,
    "x.y: tuple[int, ...] = a, b": None,
    "f(*a, *b, c=1, **d)": None,
    "f(x for x in y)": None,
    "f((x for x in y), z)": None,
    "f((yield), (a, b), (c := 1), d=(e := 2))": "f((yield), (a, b), c := 1, d=(e := 2))",
    "f(*(a if b else c))": None,
    "[x, *y, (a, b), {*c}, {**d, 'e': f}]": '[x, *y, (a, b), {*c}, {**d, "e": f}]',
    "[(a, b) for (a, b) in c if (d if e else f) if g]": (
        "[(a, b) for a, b in c if (d if e else f) if g]"
    ),
    "{k: v for k in (lambda: a) for v in b}": "{k: v for k in (lambda: a) for v in b}",
    "{(y := f(x)) for x in z}": "{y := f(x) for x in z}",
    "[x async for x in y]": None,
    "(x for x in y)": None,
    "(1).real, 1.0.real, 1j.real, (-1).real": "(1).real, (1.0).real, 1j.real, (-1).real",
    "x = 1e-12 + 1e16 + 1e400 + .5 + 1_000": "x = 1e-12 + 1e16 + 1e309 + 0.5 + 1000",
    "x = 1j + 2.5j - 1e400j": "x = 1j + 2.5j - 1e309j",
    "x = 'a', 'it\\'s', 'say \"hi\"', '\\n\\\\', b'\"', u'u'": (
        'x = "a", "it\'s", \'say "hi"\', "\\n\\\\", b\'"\', u"u"'
    ),
    "x = '\\'\"', b'\\'\\xff'": 'x = "\'\\"", b"\'\\xff"',
    "x = ...": None,
    "x = f'{a}{b!r:>{w}.3f} {{}} {c=}'": 'x = f"{a}{b!r:>{w}.3f} {{}} c={c!r}"',
    "x = f'{a[\"k\"]}'": "x = f\"{a['k']}\"",
    "x = f'''{a['k']}\"{b[\"l\"]}'''": 'x = f\'{a["k"]}"{b["l"]}\'',
    "x = f'''{a[\"it's\"]}'''": "x = f\"{a['''it's''']}\"",
    "x = f'{ {1: 2}[1] } {(lambda: 1)()} {(lambda: 1)}'": (
        'x = f"{ {1: 2}[1]} {(lambda: 1)()} {(lambda: 1)}"'
    ),
    "x = f'{f\"{a}\"}\\n\\'\"'": "x = f\"{f'{a}'}\\n'\\\"\"",
    "x = f'{a!s:{b}{c}}' 'd'": 'x = f"{a!s:{b}{c}}d"',
    "x = f'{(a, b)} {(yield)} {(c := 1)} {a if b else c}'": (
        'x = f"{(a, b)} {(yield)} {(c := 1)} {(a if b else c)}"'
    ),
    "del a, b[0], (c, d)": None,
    "assert (a, b), c": None,
    "raise": None,
    "raise A(b) from c": None,
    "global a, b": None,
    "import a.b as c, d": None,
    "from .. import a as b, c": None,
    "from .a_module_with_a_long_name import *": None,
    "if x: pass\nelif y: pass\nelse:\n    if z: pass\n    w": (
        "if x:\n    pass\nelif y:\n    pass\nelse:\n    if z:\n        pass\n    w"
    ),
    "if (n := f(x)): pass": "if n := f(x):\n    pass",
    "while a:\n    break\nelse:\n    continue": None,
    "for a, (b, c) in d, e:\n    pass\nelse:\n    pass": (
        "for a, (b, c) in (d, e):\n    pass\nelse:\n    pass"
    ),
    "for x in range(n - 1, -1, -1):\n    y[x] += z[x]": None,
    "with a as b, c() as (d, e), f:\n    pass": None,
    "with ((a, b)):\n    pass": "with ((a, b)):\n    pass",
    "try:\n    a\nexcept (A, B) as e:\n    b\nexcept:\n    c\nelse:\n    d\nfinally:\n    f": None,
    "try:\n    a\nexcept* A as e:\n    b": None,
    "def f(a, b: int, /, c=1, *d: e, g: h = 2, i, **j) -> k: pass": (
        "def f(a, b: int, /, c=1, *d: e, g: h = 2, i, **j) -> k:\n    pass"
    ),
    "def f(*, a): ...": None,
    "def f(*a: *b): ...": None,
    "async def f():\n    async with a as b:\n        async for c in d:\n            await e": None,
    "@a.b(c)\n@(x := y)\nclass A(B, *C, k=1, **d):\n    '''Text.'''\n    x = 1": (
        '@a.b(c)\n@x := y\nclass A(B, *C, k=1, **d):\n    """Text."""\n\n    x = 1'
    ),
    "def f():\n    '''First \"line\".\n\n    Second \\\\ line.\"'''\n    return a, b": (
        'def f():\n    """First "line".\n\n    Second \\\\ line.\\""""\n    return a, b'
    ),
    "def f():\n  nonlocal a\n  def g(): pass\n  x = 1\n  def h(): pass": (
        "def f():\n    nonlocal a\n\n    def g():\n        pass\n\n    x = 1\n\n"
        "    def h():\n        pass"
    ),
    "import a\nx = 1\ndef f(): pass\ny = 2\nclass A: pass": (
        "import a\n\nx = 1\n\n\ndef f():\n    pass\n\n\ny = 2\n\n\nclass A:\n    pass"
    ),
    "match x:\n    case 1 | -2.5 | 'a' | None | a.b | 1 - 2j: pass": (
        'match x:\n    case 1 | -2.5 | "a" | None | a.b | 1 - 2j:\n        pass'
    ),
    "match x, y:\n    case [a, *_, (b | c) as d] if e:\n        pass\n    case _:\n        pass": (
        "match x, y:\n    case [a, *_, b | c as d] if e:\n        pass\n    case _:\n        pass"
    ),
    "match (x := 1):\n  case {'a': (A(b, c=d) as e) | f, **g}: pass": (
        'match x := 1:\n    case {"a": (A(b, c=d) as e) | f, **g}:\n        pass'
    ),
    "match x:\n  case ((a as b) as c) | (d | e): pass": (
        "match x:\n    case ((a as b) as c) | (d | e):\n        pass"
    ),
}
if sys.version_info >= (3, 12):
    SNIPPETS |= {
        "type A[T: int, *Ts, **P] = B[T]": None,
        "def f[T: (int, str)](x: T) -> T: ...": None,
        "class A[T](B): ...": None,
        "x = f'{'\\n'.join(a)}'": 'x = f"{"\\n".join(a)}"',
        "x = f'{a['\"']}{b[\"'\"]}'": 'x = f"""{a[\'"\']}{b["\'"]}"""',
    }
if sys.version_info >= (3, 13):
    SNIPPETS["type A[T = int, *Ts = *tuple[int, ...], **P = [int]] = B[T]"] = None


@pytest.mark.parametrize(("source", "expected"), SNIPPETS.items())
def test_snippet_round_trips(source, expected):
    check_round_trip(source)


@pytest.mark.parametrize(("source", "expected"), SNIPPETS.items())
def test_snippet_prints_as_expected(source, expected):
    assert to_source(parse(source)) == (expected or source) + "\n"


@pytest.mark.parametrize("width", [1, 20, 40])
@pytest.mark.parametrize("source", SNIPPETS)
def test_snippet_round_trips_when_wrapped(source, width):
    check_round_trip(source, width)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (-1.0, "(-1.0) ** n"),
        (-2, "(-2) ** n"),
        (1 + 2j, "(1.0 + 2j) ** n"),
        (-2j, "(-2j) ** n"),
        (float("inf"), "1e309**n"),
        (float("-inf"), "(-1e309) ** n"),
        (float("nan"), 'float("nan")**n'),
        (np.float64(0.5), "0.5**n"),
        (True, "True ** n"),
    ],
)
def test_constants_that_no_parser_makes(value, expected):
    power = gast.BinOp(gast.Constant(value, None), gast.Pow(), gast.Name("n", gast.Load()))
    assert expression_source(power) == expected


@pytest.mark.parametrize("value", [-0.0, 2j, -2j, complex(0.0, -2.0), -1 + 2j])
def test_signs_of_constants(value):
    printed = eval(expression_source(gast.Constant(value, None)))
    assert repr(printed) == repr(value)


def test_statement_and_expression_alone():
    tree = parse("if x:\n    y = 1")
    assert to_source(tree.body[0]) == "if x:\n    y = 1\n"
    assert to_source(tree.body[0].test) == "x\n"
    assert expression_source(parse("a[b + 1:]").body[0].value) == "a[b + 1 :]"
    assert expression_source(parse("a, (b, c)").body[0].value) == "a, (b, c)"


# Wrapping

LONG = {
    "y = function(first_argument, second_argument)": (
        "y = function(\n    first_argument, second_argument\n)"
    ),
    "y = function(first_argument, second_argument, third_argument)": (
        "y = function(\n    first_argument,\n    second_argument,\n    third_argument,\n)"
    ),
    "def function(first_argument, second_argument=1, *, third=2): pass": (
        "def function(\n    first_argument,\n    second_argument=1,\n    *,\n    third=2,\n):\n"
        "    pass"
    ),
    "return first_adjoint, second_adjoint, third_adjoint": (
        "return (\n    first_adjoint,\n    second_adjoint,\n    third_adjoint,\n)"
    ),
    "y = first_term * second_term + third_term * fourth_term - fifth_term": (
        "y = (\n    first_term * second_term\n    + third_term * fourth_term\n    - fifth_term\n)"
    ),
    "x_bar = x_bar + np.dot(first_operand, second)": (
        "x_bar = x_bar + np.dot(\n    first_operand, second\n)"
    ),
    "x_bar = (first_operand + second_operand) * third": (
        "x_bar = (\n    first_operand + second_operand\n) * third"
    ),
    "x_bar[first_index] = the_adjoint_of_something": (
        "x_bar[first_index] = (\n    the_adjoint_of_something\n)"
    ),
    "if first_condition and second_condition or third: pass": (
        "if (\n    first_condition\n    and second_condition\n    or third\n):\n    pass"
    ),
    "first_name, second_name, third_name = stack.pop()": (
        "first_name, second_name, third_name = (\n    stack.pop()\n)"
    ),
    "names = [first_name, second_name, third_name]": (
        "names = [\n    first_name,\n    second_name,\n    third_name,\n]"
    ),
    "from module_name import first_name, second_name": (
        "from module_name import (\n    first_name,\n    second_name,\n)"
    ),
}


@pytest.mark.parametrize(("source", "expected"), LONG.items())
def test_long_lines_wrap(source, expected):
    assert check_round_trip(source, 40) == expected + "\n"


@pytest.mark.parametrize(("source", "expected"), LONG.items())
def test_wrapped_lines_are_stable(source, expected, tmp_path):
    assert ruff_format(expected + "\n", tmp_path, width=40) == expected + "\n"


# Comments

COMMENTED = '''\
# A module.
x = 1  # first


# Doubles.
@jit
def double(x):  # x: float
    """Text."""
    # forward sweep
    y = x

    # reverse sweep
    # 12: y = x
    if y:  # sign
        pass
    else:
        # deeper
        if x:
            z = function(  # long
                first_argument_of_function, second
            )
    return y  # done
'''


def commented_tree():
    source = (
        'x = 1\n@jit\ndef double(x):\n    """Text."""\n    y = x\n    if y: pass\n    elif x:\n'
        "        z = function(first_argument_of_function, second)\n    return y"
    )
    tree = parse(source)
    first, double = tree.body
    _, forward, branch, last = double.body
    first.comments, first.trailing = ["A module."], "first"
    double.comments, double.trailing = ["Doubles."], "x: float"
    forward.comments = ["forward sweep"]
    branch.comments, branch.blank_before = ["reverse sweep", "12: y = x"], True
    branch.trailing = "sign"
    branch.orelse[0].comments = ["deeper"]
    branch.orelse[0].body[0].trailing = "long"
    last.trailing = "done"
    return tree


def test_comments():
    tree = commented_tree()
    printed = to_source(tree, 50)
    assert printed == COMMENTED
    assert gast.dump(parse(printed)) == gast.dump(tree)


def test_comment_lines():
    tree = parse("x = 1\ny = 2")
    tree.body[1].comments = ["two\nlines", ""]
    tree.body[1].blank_before = True
    assert to_source(tree) == "x = 1\n\n# two\n# lines\n#\ny = 2\n"


def test_trailing_comment_of_elif_and_docstring():
    tree = parse('def f():\n    """A\n    b."""\n    if x: pass\n    elif y: pass')
    text, branch = tree.body[0].body
    text.trailing = "text"
    branch.orelse[0].trailing = "second"
    assert to_source(tree) == (
        'def f():\n    """A\n    b."""  # text\n    if x:\n        pass\n'
        "    elif y:  # second\n        pass\n"
    )


# Stability under ruff format


def ruff_format(source, folder, width=100):
    ruff = Path(sys.executable).with_name("ruff")
    command = [str(ruff)] if ruff.exists() else [sys.executable, "-m", "ruff"]
    if not ruff.exists() and shutil.which("ruff"):
        command = ["ruff"]
    path = folder / "printed.py"
    path.write_text(source, encoding="utf8")
    options = ["format", "--isolated", f"--line-length={width}", "--target-version=py311"]
    done = subprocess.run([*command, *options, str(path)], capture_output=True, check=False)
    if done.returncode != 0 and b"No module named ruff" in done.stderr:
        pytest.skip("ruff is not installed")
    assert done.returncode == 0, done.stderr.decode()
    return path.read_text(encoding="utf8")


NUMERIC = '''
"""Gradients."""
import numpy as np
from numpy import tanh as t
tol = 1e-12
def loss_grad(w, x, y, n=10, *, scale=1.0):
    """The gradient."""
    tape = []
    z = 0
    for i in range(100 - 1, -1, -1):
        c = np.cos(z + i)**2; s = x[i]**2 - w.shape[0]**-1
        tape.append((z, c, s))
        z = a * c + z * s if z > 0 and not c == 0 else -(-x)**2 * (a @ b.T)
        z, (c, s) = tape.pop()
    def pull(h_bar):
        x_bar = np.zeros_like(x)
        x_bar[1:-1] += h_bar[i+1:, None] * (x[..., 0] if n else x[:n-1, ::-1])
        if h_bar is None: return None
        elif n: raise ValueError(f"bad {n['x']!r:>10}")
        else:
            def inner(): pass
        return (x_bar, [b for (a, b) in zip(c, d) if a], {'k': 1, "it's": 'a"b'})
    try:
        def first(): ...
    finally:
        pass
    long = -np.sum(np.log(probabilities * targets) + (1 - probabilities) * (1 - targets), axis=0)
    h_bar = np.einsum('ij,jk->ik', hidden_layer_bar, layer_weights_transposed)[:, None, :] * 2.0
    long = first_long_name * second_long_name + third_long_name * fourth - fifth_long_name / 2
    x_bar[i, j] += hidden_layer_bar[i + 1, j] * np.exp(-layer_weights[i, j]**2 / (2 * sigma**2))
    assert isinstance(hidden_layer_bar, np.ndarray) and hidden_layer_bar.ndim == 2, 'no matrix'
    x_bar = (hidden_layer_bar + another_layer_bar + adjoint_of_third) * np_scale_factor
    value = hidden_layer_bar if another_layer_bar.sum() > tol else np.zeros_like(hidden)
    g = lambda x, *, k=1: x**2
    with np.errstate(divide='ignore', invalid='ignore'):
        y = np.where(x > 0, x, 0.)
    while -1 < n <= 5 or ~n & 1: n -= 1
    return -x_bar, first_layer_weights_bar, second_layer_weights_bar, second_layer_bias
class A:
    def f(self): return self.x
    x = 1
if __name__ == '__main__':
    print(loss_grad(1))
'''


@pytest.mark.parametrize("width", [60, 68, 88, 100, 120])
def test_numeric_code_is_stable(width, tmp_path):
    printed = check_round_trip(NUMERIC, width)
    assert ruff_format(printed, tmp_path, width) == printed


def test_comments_are_stable(tmp_path):
    assert ruff_format(COMMENTED, tmp_path, width=50) == COMMENTED


@pytest.mark.parametrize("width", [90, 100])
def test_own_source_is_stable(width, tmp_path):
    """The printer's own modules, without their comments, printed narrow and wide."""
    folder = Path(__file__).parents[2] / "srcgrad" / "backend"
    for path in sorted(folder.glob("printer*.py")):
        printed = check_round_trip(path.read_text(encoding="utf8"), width)
        assert ruff_format(printed, tmp_path, width) == printed
