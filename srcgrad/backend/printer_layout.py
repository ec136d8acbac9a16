"""Fits one logical line of source into a width, breaking it inside brackets as ruff format does.

A logical line is a list of pieces: text, places where it may break, and brackets that hold pieces.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

INDENT = "    "


class Level(IntEnum):
    """How tightly an expression binds; also which of several breaks is taken first."""

    NAMED = 0
    YIELD = 1
    TUPLE = 2
    COMPREHENSION = 3
    TEST = 4
    OR = 5
    AND = 6
    NOT = 7
    COMPARE = 8
    BITOR = 9
    BITXOR = 10
    BITAND = 11
    SHIFT = 12
    SUM = 13
    PRODUCT = 14
    UNARY = 15
    POWER = 16
    AWAIT = 17
    ATOM = 18


# The levels of operations, by the names of their nodes.
LEVELS = {
    "NamedExpr": Level.NAMED,
    "Yield": Level.YIELD,
    "YieldFrom": Level.YIELD,
    "Tuple": Level.TUPLE,
    "Lambda": Level.TEST,
    "IfExp": Level.TEST,
    "Or": Level.OR,
    "And": Level.AND,
    "Not": Level.NOT,
    "Compare": Level.COMPARE,
    "BitOr": Level.BITOR,
    "BitXor": Level.BITXOR,
    "BitAnd": Level.BITAND,
    "LShift": Level.SHIFT,
    "RShift": Level.SHIFT,
    "Add": Level.SUM,
    "Sub": Level.SUM,
    "Mult": Level.PRODUCT,
    "MatMult": Level.PRODUCT,
    "Div": Level.PRODUCT,
    "Mod": Level.PRODUCT,
    "FloorDiv": Level.PRODUCT,
    "UAdd": Level.UNARY,
    "USub": Level.UNARY,
    "Invert": Level.UNARY,
    "Pow": Level.POWER,
    "Await": Level.AWAIT,
}

# A line breaks at its commas before anything else.
COMMA = Level.NAMED


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a line may end; `flat` stands there when it does not."""

    level: Level
    flat: str = " "


@dataclass(slots=True)
class Bracket:
    """Pieces between brackets.

    `display`: several items are never together on a line of their own (a list, not a call).
    `optional`: the brackets are written only where the line breaks inside them.
    `lone_comma`: a single item on its own line has a comma too (a parameter, an import).
    """

    opening: str
    closing: str
    display: bool = False
    optional: bool = False
    lone_comma: bool = False
    pieces: list[Piece] = field(default_factory=list)


Piece = str | Break | Bracket


def flat(pieces: list[Piece]) -> str:
    """The pieces on one line."""
    return "".join(map(_flat_piece, pieces))


def _flat_piece(piece: Piece) -> str:
    if isinstance(piece, str):
        return piece
    if isinstance(piece, Break):
        return piece.flat
    text = flat(piece.pieces)
    return text if piece.optional else piece.opening + text + piece.closing


def without_breaks(pieces: list[Piece]) -> list[Piece]:
    """The same pieces, which may now break only inside their brackets."""
    return [piece.flat if isinstance(piece, Break) else piece for piece in pieces]


def lay_out(pieces: list[Piece], width: int, margin: str = "", inside: bool = False) -> list[str]:
    """The lines that show the pieces; `inside` brackets a line may end at any break."""
    text = margin + flat(pieces)
    # A text with newlines is a string literal, which must stay as it is.
    if len(text) <= width or "\n" in text:
        return [text]
    if inside and (level := _loosest(pieces)) is not None:
        return _at_breaks(pieces, level, width, margin)
    return _at_bracket(pieces, width, margin)


def _loosest(pieces: list[Piece]) -> Level | None:
    return min((piece.level for piece in pieces if isinstance(piece, Break)), default=None)


def _at_breaks(pieces: list[Piece], level: Level, width: int, margin: str) -> list[str]:
    parts: list[list[Piece]] = [[]]
    for piece in pieces:
        if isinstance(piece, Break) and piece.level == level:
            parts.append([])
        else:
            parts[-1].append(piece)
    return [line for part in parts for line in lay_out(part, width, margin, inside=True)]


def _at_bracket(pieces: list[Piece], width: int, margin: str) -> list[str]:
    """Break inside the last bracket that is worth it and whose opening still fits."""
    candidates = [(i, p) for i, p in enumerate(pieces) if isinstance(p, Bracket) and p.pieces]
    last = candidates[-1][0] if candidates else None
    candidates.sort(key=lambda c: (_rank(pieces, c[0], c[0] == last), c[0]), reverse=True)
    for i, bracket in candidates:
        if bracket.optional and _better_without(bracket, pieces[:i], width, margin):
            bare = [*pieces[:i], *without_breaks(bracket.pieces), *pieces[i + 1 :]]
            return _at_bracket(bare, width, margin)
        if bracket.optional and _opens_with_bracket(bracket, width, margin):
            bare = [*pieces[:i], *without_breaks(bracket.pieces), *pieces[i + 1 :]]
            return _split(bare, i, width, margin)
        if len(margin + flat(pieces[:i]) + bracket.opening) <= width:
            return _split(pieces, i, width, margin)
    if candidates:
        return _split(pieces, candidates[0][0], width, margin)
    return [margin + flat(pieces)]


def _rank(pieces: list[Piece], index: int, is_last: bool) -> int:
    """Calls and values before subscripts, and those before the targets of an assignment."""
    bracket = pieces[index]
    if isinstance(bracket, Bracket) and bracket.optional and not is_last:
        return 0
    return 1 if _is_subscript(bracket) else 2


def _is_subscript(piece: Piece) -> bool:
    return isinstance(piece, Bracket) and piece.opening == "[" and not piece.display


def _levels(pieces: list[Piece]) -> list[Level]:
    """Those of the breaks that would be taken first."""
    loosest = _loosest(pieces)
    levels = [piece.level for piece in pieces if isinstance(piece, Break)]
    return [level for level in levels if level == loosest]


def _better_without(bracket: Bracket, before: list[Piece], width: int, margin: str) -> bool:
    """Whether the line should break in a bracket that is there anyway, not in optional ones."""
    inner = bracket.pieces
    levels = _levels(inner)
    opened = [i for i, p in enumerate(inner) if isinstance(p, Bracket) and p.pieces]
    if not levels and opened and len(margin + flat(before) + flat(inner[: opened[0]])) < width:
        return True
    if not levels or not opened:
        # Parentheses that do not help are in the way, if the line cannot break before them.
        too_long = len(margin + INDENT + flat(inner)) > width
        return not levels and too_long and not any(isinstance(p, Bracket) for p in before)
    last = opened[-1]
    if last < len(inner) - 1 or _is_subscript(inner[last]) or len(levels) > 1 or COMMA in levels:
        return False
    return len(margin + flat(before) + flat(inner[:last])) < width


def _opens_with_bracket(bracket: Bracket, width: int, margin: str) -> bool:
    """Whether a single operation begins with a bracket which leaves room for the rest."""
    first, *rest = bracket.pieces
    levels = _levels(rest)
    if not isinstance(first, Bracket) or not first.pieces or len(levels) != 1 or COMMA in levels:
        return False
    return len(margin + flat(rest)) < width


def _split(pieces: list[Piece], index: int, width: int, margin: str) -> list[str]:
    bracket = pieces[index]
    assert isinstance(bracket, Bracket)
    head = lay_out([*pieces[:index], bracket.opening], width, margin)
    tail = lay_out([bracket.closing, *pieces[index + 1 :]], width, margin)
    return [*head, *_contents(bracket, width, margin + INDENT), *tail]


def _contents(bracket: Bracket, width: int, margin: str) -> list[str]:
    """The lines between two brackets: one if that is enough, or one for each item."""
    pieces = bracket.pieces
    level = _loosest(pieces)
    if bracket.lone_comma and level != COMMA:
        pieces = [*pieces, ","]
    one_each = bracket.display and level == COMMA
    if len(margin + flat(pieces)) <= width and not one_each:
        return [margin + flat(pieces)]
    if level == COMMA:
        return _at_breaks([*pieces, ","], COMMA, width, margin)
    return lay_out(pieces, width, margin, inside=True)
