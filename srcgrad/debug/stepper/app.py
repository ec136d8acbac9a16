"""The stepper's screen: the code, the variables and the keys, over a cursor in a trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Footer, Input, Label, Static

from srcgrad.debug.stepper import painting, views
from srcgrad.debug.stepper.cursor import Cursor
from srcgrad.debug.stepper.screens import Detail, Help

if TYPE_CHECKING:
    from srcgrad.debug.trace import Trace

ENDS = {
    "next": "this is the last step",
    "back": "this is the first step",
    "next_pass": "this line does not run again",
    "previous_pass": "this line has not run before",
    "next_finding": "no finding after this step",
    "previous_finding": "no finding before this step",
    "to_other_sweep": "the other sweep has no step of this line and pass",
}
"""What is said where a move has nowhere to go."""

PROMPTS = {
    "line": "to the line of your function",
    "generated line": "to the line of the gradient",
    "pass": "to the pass (17, or 3, 17)",
    "search": "search names and code",
}


class Pane(Widget):
    """A part of the screen that is painted anew at every moment, in the size that it has."""

    DEFAULT_CSS = "Pane { height: 1fr; width: 1fr; }"

    def __init__(self, paint: Callable[[int, int], Text], name: str) -> None:
        super().__init__(id=name)
        self._paint = paint

    def render(self) -> Text:
        if not (self.size.width and self.size.height):
            return Text()
        return self._paint(self.size.width, self.size.height)


class Stepper(App[None]):
    """Steps forward and back through a trace."""

    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None  # letters are keys until the prompt asks
    CSS = """
    #title, #note { height: auto; max-height: 7; }
    #title { text-style: reverse; height: 1; }
    #code { height: 3fr; }
    #below { height: 2fr; min-height: 8; }
    #code Pane { border-top: solid ansi_bright_black; }
    #generated { margin-left: 1; }
    #note { border-top: solid ansi_bright_black; }
    #detail { display: none; padding-left: 1; border-left: solid ansi_bright_black; }
    .-wide #detail { display: block; width: 2fr; }
    .-wide #table { width: 3fr; }
    .-wide #code { height: 1fr; }
    .-wide #below { height: 1fr; }
    #prompt { display: none; height: 1; }
    #prompt.asking { display: block; }
    #prompt Input { border: none; height: 1; padding: 0; width: 1fr; }
    .user-only #generated, .generated-only #user { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n,right,space", "move('next')", "Next", key_display="n"),
        Binding("b,left,backspace", "move('back')", "Back", key_display="b"),
        Binding("right_square_bracket,pagedown", "move('next_pass')", "Pass", key_display="[]"),
        Binding("left_square_bracket,pageup", "move('previous_pass')", show=False),
        Binding("m", "move('to_other_sweep')", "Sweep"),
        Binding("f", "move('next_finding')", "Found"),
        Binding("F", "move('previous_finding')", show=False),
        *(Binding(str(n), f"finding({n - 1})", show=False) for n in range(1, 10)),
        Binding("home", "move('first')", show=False),
        Binding("end", "move('last')", show=False),
        Binding("l", "ask('line')", "Line"),
        Binding("g", "ask('generated line')", show=False),
        Binding("i", "ask('pass')", "Iter"),
        Binding("slash", "ask('search')", "Find", key_display="/"),
        Binding("full_stop", "again", show=False),
        Binding("comma", "again_back", show=False),
        Binding("down,j", "choose(1)", show=False),
        Binding("up,k", "choose(-1)", show=False),
        Binding("escape", "follow", show=False),
        Binding("v", "next_change", show=False),
        Binding("V", "previous_change", show=False),
        Binding("enter,d", "detail", "Data", key_display="d"),
        Binding("z", "zoom", show=False),
        Binding("question_mark,h,f1", "help", "Help", key_display="?"),
        Binding("q,ctrl+c", "quit", "Quit", key_display="q"),
    ]

    def __init__(self, trace: Trace) -> None:
        super().__init__()
        self.theme = "ansi-dark"
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]
        self.cursor = Cursor(trace)
        self.pinned = ""
        self.sought = ""
        self.asked = ""
        self.asking = False
        self.message = ""
        if trace.error is not None:
            self.cursor.last()

    def compose(self) -> ComposeResult:
        yield Static(id="title")
        with Horizontal(id="code"):
            yield Pane(self._paint_user, "user")
            yield Pane(self._paint_generated, "generated")
        yield Static(id="note")
        with Horizontal(id="below"):
            yield Pane(self._paint_table, "table")
            yield Pane(self._paint_detail, "detail")
        with Horizontal(id="prompt"):
            yield Label()
            yield Input(id="input")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        self._show()

    # painting

    def _show(self) -> None:
        """Paint what there is to see at the cursor."""
        moment = self.cursor.moment
        self.query_one("#title", Static).update(views.title(self.cursor, self.size.width))
        self.query_one("#note", Static).update(views.note(self.cursor, self.message))
        self.query_one("#user").border_title = moment.listing.name
        self.query_one("#generated").border_title = "gradient"
        for pane in self.query(Pane):
            pane.refresh()

    def on_resize(self) -> None:
        if self.query(Pane):  # not before there is something to paint
            self._show()

    def _paint_user(self, width: int, height: int) -> Text:
        return painting.code(views.user_page(self.cursor), width, height)

    def _paint_generated(self, width: int, height: int) -> Text:
        return painting.code(views.generated_page(self.cursor), width, height)

    def _paint_table(self, width: int, height: int) -> Text:
        moment, columns = self.cursor.moment, views.columns(self.cursor)
        colour = painting.sweep_colour(moment.reverse)
        return painting.table(moment.rows, self.chosen, columns, colour, width, height)

    def _paint_detail(self, width: int, height: int) -> Text:
        return views.detail(self.cursor, self.chosen, width, height)

    @property
    def chosen(self) -> str:
        """The variable that the table points at: the pinned one, or the one assigned last."""
        rows = self.cursor.moment.rows
        if any(r.name == self.pinned for r in rows):
            return self.pinned
        return next((r.name for r in rows if r.changed), rows[0].name if rows else "")

    # moving

    def action_move(self, move: str) -> None:
        moved = getattr(self.cursor, move)()
        self._say("" if moved else ENDS.get(move, ""))

    def action_finding(self, number: int) -> None:
        """To a finding in the order of importance; one of no step is told from anywhere."""
        findings = self.cursor.trace.findings
        if number >= len(findings):
            self._say(f"there is no finding {number + 1}")
        else:
            moved = self.cursor.to_finding(number)
            self._say("" if moved else f"{findings[number].kind}: {findings[number].message}")

    def action_again(self) -> None:
        self._search(self.cursor.search)

    def action_again_back(self) -> None:
        self._search(self.cursor.search_back)

    def _search(self, search: Callable[[str], bool]) -> None:
        if not self.sought:
            self._say("nothing to search for yet: / asks")
        else:
            self._say("" if search(self.sought) else f"nothing has {self.sought!r}")

    def _say(self, message: str) -> None:
        self.message = message
        self._show()

    # variables

    def action_choose(self, step: int) -> None:
        names = [r.name for r in self.cursor.moment.rows] or [""]
        at = names.index(self.chosen) + step
        self.pinned = names[max(0, min(at, len(names) - 1))]
        self._say("")

    def action_follow(self) -> None:
        self.pinned = ""
        self._say("")

    def action_next_change(self) -> None:
        name = self.pinned = self.chosen
        self._say("" if self.cursor.next_change(name) else f"{name} is not assigned again")

    def action_previous_change(self) -> None:
        name = self.pinned = self.chosen
        self._say("" if self.cursor.previous_change(name) else f"{name} was not assigned before")

    # asking

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Whether a key means anything: while the prompt asks, only what leaves it."""
        return not self.asking or action in ("follow", "quit")

    def action_ask(self, what: str) -> None:
        self.asked = what
        self.asking = True
        self.refresh_bindings()
        self.query_one(Label).update(f"{PROMPTS[what]}: ")
        self.query_one("#prompt").add_class("asking")
        field = self.query_one(Input)
        field.value = ""
        field.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self._close_prompt()
        if event.value.strip():
            self._answer(event.value.strip())

    def on_key(self, event: object) -> None:
        if getattr(event, "key", "") == "escape":
            self._close_prompt()

    def _close_prompt(self) -> None:
        self.asking = False
        self.refresh_bindings()
        self.query_one("#prompt").remove_class("asking")
        self.set_focus(None)

    def _answer(self, text: str) -> None:
        """Go where the text that was asked for says."""
        if self.asked == "search":
            self.sought = text
            return self._search(self.cursor.search)
        numbers = tuple(_numbers(text))
        if not numbers:
            return self._say(f"{text!r} is not a number")
        moves: dict[str, Callable[[], bool]] = {
            "line": lambda: self.cursor.to_line(numbers[0]),
            "generated line": lambda: self.cursor.to_generated_line(numbers[0]),
            "pass": lambda: self.cursor.to_iteration(*numbers),
        }
        missing = f"no step of {self.asked} {text} was kept"
        return self._say("" if moves[self.asked]() else missing)

    # other screens

    def action_zoom(self) -> None:
        """Both sources, then the user's alone, then the gradient's alone."""
        order = ("", "user-only", "generated-only")
        now = next((c for c in order[1:] if self.screen.has_class(c)), "")
        self.screen.remove_class(*order[1:])
        self.screen.add_class(*filter(None, [order[(order.index(now) + 1) % 3]]))

    def action_help(self) -> None:
        self.push_screen(Help())

    def action_detail(self) -> None:
        name = self.chosen
        self.push_screen(Detail(name, lambda w, h: views.detail(self.cursor, name, w, h)))


def _numbers(text: str) -> Iterator[int]:
    for part in text.replace(",", " ").split():
        if not part.isdecimal():
            return
        yield int(part)
