"""The screens over the stepper's own: the keys, and a variable in detail."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

KEYS = (
    ("n  right  space", "one statement on"),
    ("b  left  backspace", "one statement back in time"),
    ("]  page down", "this line in its next pass or run"),
    ("[  page up", "this line in the pass or run before"),
    ("m", "mirror: this line and pass in the other sweep"),
    ("home  end", "the first and the last statement"),
    ("f  F  1 to 9", "findings: the next, the one before, by importance"),
    ("l", "to a line of your function"),
    ("g", "to a line of the gradient"),
    ("i", "to a pass of the loops: 17, or 3, 17 in nested ones"),
    ("/  .  ,", "search names and code; again; again back in time"),
    ("up  down", "choose a variable, which stays chosen"),
    ("escape", "the variable assigned last is chosen again"),
    ("v  V", "where the chosen variable changes next, and before"),
    ("enter  d", "the chosen variable in detail, with plots"),
    ("z", "both sources, yours alone, the gradient's alone"),
    ("?  q", "these keys; quit"),
)
MEANING = (
    "Each step is a statement of the gradient that has run: first the forward sweep, which "
    "computes values (cyan), then the reverse sweep, which computes adjoints (yellow), the "
    "derivatives of the result by each variable. The table shows what all variables hold right "
    "after the step: what was last assigned under their own names.",
    "A ! beside a line marks a finding. Plots go from the lowest to the highest number; ! is a "
    "NaN or an Inf, and … follows where only the first numbers were kept. In maps, shades are "
    "distances from zero: red above it, blue below.",
)


class Over(ModalScreen[None]):
    """A screen that any of its keys closes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,q,enter,d,question_mark", "dismiss", "Close"),
    ]
    DEFAULT_CSS = """
    Over { background: ansi_default; }
    Over VerticalScroll { border: solid ansi_bright_black; padding: 0 1; }
    Over VerticalScroll { scrollbar-size-vertical: 1; }
    """


class Help(Over):
    """The keys, and what is to be seen."""

    def compose(self) -> ComposeResult:
        with VerticalScroll() as scroll:
            scroll.border_title = "keys (escape closes)"
            lines = (Text.assemble((f"{keys:<20}", "bold"), what) for keys, what in KEYS)
            yield Static(Text("\n").join(lines))
            yield Static("\n" + "\n\n".join(MEANING), markup=False)


class Sized(Widget):
    """A text painted in the size that there is."""

    def __init__(self, paint: Callable[[int, int], Text]) -> None:
        super().__init__()
        self._paint = paint

    def render(self) -> Text:
        return self._paint(self.size.width, self.size.height)


class Detail(Over):
    """A variable on the whole screen."""

    def __init__(self, name: str, paint: Callable[[int, int], Text]) -> None:
        super().__init__()
        self._name = name
        self._paint = paint

    def compose(self) -> ComposeResult:
        with VerticalScroll() as scroll:
            scroll.border_title = f"{self._name} (escape closes)"
            yield Sized(self._paint)
