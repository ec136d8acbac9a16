"""Python expressions and assignments as LaTeX: h_bar is an h with a bar, a / b a fraction."""

from __future__ import annotations

import ast
from collections.abc import Callable

GREEK = {
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"),
    *("lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "phi", "chi", "psi", "omega"),
}
NAMED = {
    **{f: f"\\{f}" for f in ("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max")},
    **{f"arc{f}": f"\\arc{f}" for f in ("sin", "cos", "tan")},
    **{"min": "\\min", "det": "\\det"},
}
OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "\\cdot", ast.MatMult: "\\,", ast.Mod: "\\bmod",
    ast.FloorDiv: "\\mathbin{/\\!/}", ast.Eq: "=", ast.NotEq: "\\ne", ast.Lt: "<", ast.Gt: ">",
    ast.LtE: "\\le", ast.GtE: "\\ge", ast.And: "\\land", ast.Or: "\\lor",
    ast.BitOr: "\\lor", ast.BitAnd: "\\land",
}  # fmt: skip
SUM, PRODUCT, POWER, WHOLE = 1, 2, 3, 4
"""How tightly a term holds together: less than what is around it needs, and it gets brackets."""
ACCENTS = {"_bar": "\\bar", "_dot": "\\dot"}


def latex(text: str) -> str:
    """A statement or an expression of Python in LaTeX, for math mode.

    What has no form of its own in mathematics stays as code.

    Examples:
        >>> print(latex("z_bar += h_bar * (1 - h * h)"))
        \\bar{z} \\mathrel{+}= \\bar{h} \\cdot \\left(1 - h \\cdot h\\right)
    """
    return " \\\\ ".join(_statement(s) for s in ast.parse(text).body)


def _statement(s: ast.stmt) -> str:
    match s:
        case ast.Assign([target], value):
            return f"{_text(target)} = {_text(value)}"
        case ast.AugAssign(target, op, value) if type(op) in (ast.Add, ast.Sub):
            return f"{_text(target)} \\mathrel{{{OPERATORS[type(op)]}}}= {_text(value)}"
        case ast.Expr(value):
            return _text(value)
    return _code(s)


def _text(node: ast.expr) -> str:
    return _term(node)[0]


def _term(node: ast.expr) -> tuple[str, int]:
    """The text of an expression, and how tightly it holds together."""
    match node:
        case ast.Name(name):
            return variable(name), WHOLE
        case ast.Constant(value) if isinstance(value, int | float):
            return _code(node) if isinstance(value, bool) else str(value), WHOLE
        case ast.BinOp():
            return _binary(node)
        case ast.UnaryOp(ast.USub() | ast.UAdd() as op, value):
            return f"{'-' if isinstance(op, ast.USub) else '+'}{_inside(value, PRODUCT)}", SUM
        case ast.Compare(left, [op], [right]):
            body = f"{_text(left)} {_sign(op)} {_text(right)}"
            return f"[{body}]", WHOLE
        case ast.Call(ast.Name(name), args, keywords):
            return _call(name, args, keywords)
        case ast.Call(ast.Attribute(owner, name), args, keywords) if ast.unparse(owner) in MODULES:
            return _call(name, args, keywords)
        case ast.Attribute(value, "T"):
            return f"{_inside(value, WHOLE)}^{{\\mathsf{{T}}}}", POWER
        case ast.Subscript(ast.Name(name), index) if "None" not in ast.unparse(index):
            return f"{variable(name)}_{{{_index(index)}}}", WHOLE
    return _code(node), WHOLE


def _binary(node: ast.BinOp) -> tuple[str, int]:
    match node.op:
        case ast.Div():
            return f"\\frac{{{_text(node.left)}}}{{{_text(node.right)}}}", PRODUCT
        case ast.Pow():
            return f"{{{_inside(node.left, WHOLE)}}}^{{{_text(node.right)}}}", POWER
        case ast.Add() | ast.Sub():
            right = _inside(node.right, SUM if isinstance(node.op, ast.Add) else PRODUCT)
            return f"{_inside(node.left, SUM)} {_sign(node.op)} {right}", SUM
        case ast.Mult() | ast.MatMult():
            return (
                f"{_inside(node.left, PRODUCT)} {_sign(node.op)} {_inside(node.right, PRODUCT)}",
                PRODUCT,
            )
    return f"{_inside(node.left, WHOLE)} {_sign(node.op)} {_inside(node.right, WHOLE)}", SUM


def _inside(node: ast.expr, least: int) -> str:
    """An expression as a part of another one, in brackets if it needs them."""
    text, level = _term(node)
    return text if level >= least else f"\\left({text}\\right)"


def _sign(op: ast.AST) -> str:
    return OPERATORS.get(type(op), "\\circ")


def _call(name: str, args: list[ast.expr], keywords: list[ast.keyword]) -> tuple[str, int]:
    form = FORMS.get(name)
    if form is not None and len(args) == 1 and not keywords:
        return form(_text(args[0])), WHOLE
    known = NAMED.get(name) or f"\\operatorname{{{_escaped(name)}}}"
    given = [_text(a) for a in args]
    given += [f"\\mathrm{{{_escaped(k.arg or '')}}}={_text(k.value)}" for k in keywords]
    return f"{known}\\left({', '.join(given)}\\right)", WHOLE


MODULES = {"np", "math", "np.linalg", "runtime", "special"}
FORMS: dict[str, Callable[[str], str]] = {
    "sqrt": lambda x: f"\\sqrt{{{x}}}",
    "abs": lambda x: f"\\left|{x}\\right|",
    "exp": lambda x: f"e^{{{x}}}",
}


def _index(node: ast.expr) -> str:
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return ", ".join(_bounds(p) if isinstance(p, ast.Slice) else _text(p) for p in parts)


def _bounds(part: ast.Slice) -> str:
    ends = [part.lower, part.upper, *([part.step] if part.step else [])]
    return "{:}".join("" if e is None else _text(e) for e in ends)


def variable(name: str) -> str:
    """A name: one letter as it is, words upright, what follows an underscore as an index."""
    for ending, accent in ACCENTS.items():
        if name.endswith(ending) and name != ending:
            base, _, index = variable(name.removesuffix(ending)).partition("_")
            return f"{accent}{{{base}}}{'_' + index if index else ''}"
    base, _, index = name.partition("_")
    stem = base.rstrip("0123456789")
    number = base[len(stem) :]
    below = ",".join(part.replace("_", ",") for part in (number, index) if part)
    text = _word(stem or name)
    return f"{text}_{{{_upright(below)}}}" if below and stem else text


def _word(stem: str) -> str:
    if stem in GREEK:
        return f"\\{stem}"
    return stem if len(stem) == 1 else f"\\mathrm{{{_escaped(stem)}}}"


def _upright(index: str) -> str:
    return index if index.replace(",", "").isdigit() or len(index) == 1 else f"\\mathrm{{{index}}}"


def _escaped(text: str) -> str:
    return text.replace("_", "\\_")


def _code(node: ast.AST) -> str:
    text = ast.unparse(node).replace("\\", "\\backslash ")
    for sign in "_%&#${}":
        text = text.replace(sign, f"\\{sign}")
    return f"\\texttt{{{text}}}"
