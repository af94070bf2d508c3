"""Templates, compiled once in each language: what they say there is then a part of the page, not a call.

Everything else is Jinja's own. Where it escapes, it looks first whether there is anything to do; where it calls, it
looks for nothing, since nothing that is called here wants the context; where it writes a block, it writes it at once
rather than piece by piece through every template that the page stands on.
"""

from collections.abc import Callable, Mapping
from typing import Any, cast

from flask import url_for
from flask.templating import Environment
from flask_babel import LazyString
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, _escape_inner, escape  # type: ignore[attr-defined]


def shown(value: Any) -> str:
    """A value as it stands in the page: escaped, unless it is markup. In most of some hundred cases it is a text."""
    kind = type(value)
    if kind is LazyString:
        return _escape_inner(str(value))  # asked for markup, it would be translated once more
    return value if kind is Markup else _escape_inner(value) if kind is str else escape(value)


class Writer(CodeGenerator):
    """Writes the code of a template."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("environment.shown(")
        else:
            super()._output_child_pre(node, frame, finalize)

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        self.visit(node.node, frame)
        self.write("(")
        for before, given in (
            *(("", each) for each in (*node.args, *node.kwargs)),
            ("*", node.dyn_args),
            ("**", node.dyn_kwargs),
        ):
            if given is not None:
                self.write(before)
                self.visit(given, frame)
                self.write(", ")
        self.write("caller=caller)" if forward_caller else ")")


class Pages(Environment):
    """The templates in one language; before `speak()`, in none."""

    code_generator_class = Writer
    shown = staticmethod(shown)
    language = ""
    said: Callable[[str], str] | None = None

    def speak(self, language: str, said: Callable[[str], str], names: dict[str, Any]) -> "Pages":
        """The same templates in a language: `said` gives each text in it, `names` are what templates may use."""
        spoken = self.overlay()
        spoken.language, spoken.said, spoken.globals = language, said, {**self.globals, **names}
        return spoken

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        return cast(nodes.Template, _Fixed(self.said).visit(tree)) if self.said else tree


class _Fixed(NodeTransformer):
    """Puts in what is the same each time: texts, and the addresses of files, and of pages that take nothing."""

    def __init__(self, said: Callable[[str], str]) -> None:
        self.said = said

    def visit_Call(self, call: nodes.Call) -> nodes.Node:
        self.generic_visit(call)
        match call:
            case nodes.Call(node=nodes.Name(name="_"), args=[nodes.Const(value=text)], kwargs=[]):
                return nodes.TemplateData(str(self.said(text)), lineno=call.lineno)
            case nodes.Call(
                node=nodes.Name(name="url_for"),
                args=[nodes.Const(value=page)],
                kwargs=given,
                dyn_args=None,
                dyn_kwargs=None,
            ):
                same = {each.key: each.value.value for each in given if isinstance(each.value, nodes.Const)}
                if len(same) == len(given) and not page.startswith("."):
                    return nodes.Const(url_for(page, **same), lineno=call.lineno)
        return call

    def visit_Block(self, block: nodes.Block) -> nodes.Node:
        self.generic_visit(block)
        at_once = nodes.Filter(None, "safe", [], [], None, None, lineno=block.lineno)
        block.body = [nodes.FilterBlock(block.body, at_once, lineno=block.lineno)]
        return block


class Questions:
    """A macro that draws a field. One that nobody has filled in looks the same each time: it is drawn once and kept."""

    def __init__(self, draw: Callable[..., Markup]) -> None:
        self.draw = draw
        self.drawn: dict[tuple[Any, ...], Markup] = {}

    def __call__(
        self, field: Any, *words: Any, hints: Mapping[str, Any] = {}, attrs: Mapping[str, Any] = {}, **more: Any
    ) -> Markup:
        named = {**({"hints": hints} if hints else {}), **({"attrs": attrs} if attrs else {}), **more}
        choices = getattr(field, "choices", ())
        answered = field.raw_data or field.errors or field.data not in _NOTHING
        if answered or field._form is None or isinstance(choices, dict):
            return self.draw(field, *words, **named)
        # Of a form, all that may differ from one time to the next; what is declared with it is a lazy text and may not.
        said = [text for text in (field.label.text, field.description) if isinstance(text, str)]
        about = (repr(field.data), bool(field.flags.required), tuple(choices or ()), *said)
        how = (words, *(tuple(each.items()) for each in (hints, attrs, more)))
        asked = (type(field._form), field.name, about, how)
        found = self.drawn.get(asked)
        if found is None:
            if len(self.drawn) == _MOST_QUESTIONS:
                self.drawn.clear()
            found = self.drawn[asked] = self.draw(field, *words, **named)
        return found


_NOTHING: tuple[Any, ...] = (None, "", False, [])
_MOST_QUESTIONS = 1000
