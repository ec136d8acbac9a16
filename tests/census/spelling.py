"""How the README writes what the census names: the nodes of the grammar as people type them."""

from __future__ import annotations

STATEMENTS = {
    "FunctionDef": "`def`",
    "AsyncFunctionDef": "`async def`",
    "ClassDef": "`class` inside a function",
    "Return": "`return`",
    "Delete": "`del`",
    "Assign": "`y = ...`",
    "TypeAlias": "`type T = ...`",
    "AugAssign": "`y += ...`",
    "AnnAssign": "`y: T = ...`",
    "For": "`for`",
    "AsyncFor": "`async for`",
    "While": "`while`",
    "If": "`if`, `elif`, `else`",
    "With": "`with`",
    "AsyncWith": "`async with`",
    "Match": "`match`",
    "Raise": "`raise`",
    "Try": "`try`, `except`, `else`, `finally`",
    "TryStar": "`except*`",
    "Assert": "`assert`",
    "Import": "`import`",
    "ImportFrom": "`from ... import`",
    "Global": "`global`",
    "Nonlocal": "`nonlocal`",
    "Expr": "expressions as statements",
    "Pass": "`pass`",
    "Break": "`break`",
    "Continue": "`continue`",
    "TypeVar": "`def f[T]`",
    "ParamSpec": "`def f[**P]`",
    "TypeVarTuple": "`def f[*Ts]`",
}
EXPRESSIONS = {
    "NamedExpr": "`y := ...`",
    "Lambda": "`lambda`",
    "IfExp": "`a if test else b`",
    "Dict": "`{k: v}`",
    "Set": "`{a, b}`",
    "ListComp": "`[f(v) for v in x if test]`",
    "SetComp": "`{f(v) for v in x}`",
    "DictComp": "`{k: f(v) for k, v in x}`",
    "GeneratorExp": "`(f(v) for v in x)`",
    "Await": "`await`",
    "Yield": "`yield`",
    "YieldFrom": "`yield from`",
    "Call": "`f(a, k=b)`",
    "FormattedValue": "`{x:.2f}` in f-strings",
    "JoinedStr": "f-strings",
    "Constant": "constants",
    "Attribute": "`a.b`",
    "Subscript": "`a[i]`",
    "Slice": "`a[i:j:k]`",
    "Starred": "`*a`",
    "Name": "names",
    "List": "`[a, b]`",
    "Tuple": "`(a, b)`",
}
PATTERNS = {
    "MatchValue": '`case 1`, `case "a"`',
    "MatchSingleton": "`case None`",
    "MatchSequence": "`case [a, b]`",
    "MatchMapping": '`case {"a": a}`',
    "MatchClass": "`case Point(x=a)`",
    "MatchStar": "`case [a, *rest]`",
    "MatchAs": "`case ... as a`, `case _`",
    "MatchOr": "`case a | b`",
}
OPERATORS = {
    "Add": "`+`",
    "Sub": "`-`",
    "Mult": "`*`",
    "MatMult": "`@`",
    "Div": "`/`",
    "Mod": "`%`",
    "Pow": "`**`",
    "FloorDiv": "`//`",
    "USub": "`-x`",
    "UAdd": "`+x`",
    "LShift": "`<<`",
    "RShift": "`>>`",
    "BitOr": "`|`",
    "BitXor": "`^`",
    "BitAnd": "`&`",
    "Invert": "`~`",
    "And": "`and`",
    "Or": "`or`",
    "Not": "`not`",
    "Eq": "`==`",
    "NotEq": "`!=`",
    "Lt": "`<`",
    "LtE": "`<=`",
    "Gt": "`>`",
    "GtE": "`>=`",
    "Is": "`is`",
    "IsNot": "`is not`",
    "In": "`in`",
    "NotIn": "`not in`",
}
PARTS = {
    *("arguments", "arg", "keyword", "alias", "withitem", "match_case", "comprehension"),
    *("ExceptHandler", "Load", "Store", "Del", "BinOp", "UnaryOp", "BoolOp", "Compare"),
}
"""Nodes that are parts of what is spelled above."""

REFUSED = {
    "ast.Dict": "`{x: v}` with active keys",
    "ast.Nonlocal": "`nonlocal` stores of active values that outlive the call",
    "ast.JoinedStr": "numbers read back from f-strings",
    "ast.Set": "`{a, b}` of active values",
    "ast.SetComp": "`{f(v) for v in x}` of active values",
    "builtins.format": "numbers read back from `format`",
    "builtins.frozenset": "`frozenset` of active values",
    "builtins.iter": "`iter(f, end)`",
    "builtins.memoryview": "`memoryview` of active values",
    "builtins.set": "`set` of active values",
    "builtins.setattr": "`setattr` of data of the module",
    "builtins.str": "numbers read back from `str`",
    "builtins.type": "`type` of three arguments",
    "builtins.vars": "`vars()`",
    "collections.Counter": "`Counter` of active values",
    "itertools.repeat": "`repeat(v)` without end",
    "list.count": "`count` of active values",
    "list.index": "`index` of active values",
    "functools.lru_cache": "`lru_cache` on active values",
}
"""What is refused of names that are elsewhere in the table too."""


def all_nodes() -> dict[str, str]:
    """How every node class is written that is no part of another."""
    return STATEMENTS | EXPRESSIONS | PATTERNS | OPERATORS


def group_of_node(name: str) -> str:
    """The row of the table for a node class."""
    groups = {"Patterns": PATTERNS, "Operators": OPERATORS, "Expressions": EXPRESSIONS}
    return next((title for title, found in groups.items() if name in found), "Statements")
