"""Commands whose help and usage errors speak the reader's language.

typer builds commands from signatures and has English words only. Here each command takes its words
from the catalogue instead: ``help.index`` says what ``csat index`` does, ``help.index.examples``
shows it, ``help.index.wave`` explains its ``--wave``, and ``help.option.wave`` does so for every
command without a sentence of its own. A command of a group goes by both names: ``help.weights.list``.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from survey.language import Language, catalogue
from workbench.layout import cells, pad, wrap
from workbench.usage import Misuse, misuse

_COLUMN = 26
_INDENT = "  "


class Command(TyperCommand):
    """A command that is explained in the reader's language."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write usage, description, arguments, options and examples."""
        formatter.write(_help(self, ctx))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments; what is wrong with them becomes a ``Misuse``."""
        ctx.allow_extra_args = True
        if rest := _parse(super().parse_args, ctx, args):
            raise Misuse("usage.too_many", str(ctx.command_path), arguments=" ".join(rest))
        return rest


class Group(TyperGroup):
    """``csat`` itself, or a command that has commands of its own."""

    command_class = Command

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write usage, description, commands, options and examples."""
        formatter.write(_help(self, ctx))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments before the command; nothing at all shows the help."""
        if not args and not ctx.resilient_parsing:
            typer.echo(ctx.get_help())
            raise typer.Exit(2)
        return _parse(super().parse_args, ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; options alone are a ``Misuse``."""
        try:
            return super().invoke(ctx)
        except typer.TyperException as error:
            raise misuse(error, ctx) from None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command; an unknown one is a ``Misuse`` that names its neighbours."""
        if args[0] not in self.commands and not ctx.resilient_parsing:
            raise Misuse.unknown("command", args[0], list(self.commands), ctx.command_path)
        return super().resolve_command(ctx, args)


def give_words(command: Any, language: Language, path: str = "") -> None:
    """Set the help of ``command``, its parameters and its commands from the catalogue.

    ``path`` is what the command goes by in the catalogue: ``weights.list`` for ``csat weights list``, and
    nothing for ``csat``. Shell completion shows these words too.
    """
    text = catalogue("workbench")
    name = path or "csat"
    command.help = text(f"help.{name}", language)
    for param in command.params:
        own = f"help.{name}.{param.name}"
        param.help = text(own if own in text else f"help.option.{param.name}", language)
    for child in getattr(command, "commands", {}).values():
        give_words(child, language, f"{path}.{child.name}" if path else child.name)


def _parse(parse: Callable[[Any, list[str]], list[str]], ctx: Any, args: list[str]) -> list[str]:
    try:
        return parse(ctx, args)
    except typer.TyperException as error:
        raise misuse(error, ctx) from None


def _help(command: Any, ctx: Any) -> str:
    language: Language = ctx.obj.language
    text = catalogue("workbench")
    width = min(shutil.get_terminal_size().columns, 100)
    params = [param for param in command.get_params(ctx) if not param.hidden]
    arguments = [param for param in params if param.param_type_name == "argument"]
    options = [param for param in params if param.param_type_name == "option"]
    commands = list(getattr(command, "commands", {}).items())
    blocks = [
        _usage(command, ctx, arguments, language),
        "\n".join(_filled(command.help, width - 2, _INDENT)),
        _section("arguments", [(_name(p), p.help) for p in arguments], language, width),
        _section("commands", [(n, _first(c.help)) for n, c in commands], language, width),
        _section("options", [_option(p, language) for p in options], language, width),
        _examples(text(f"help.{_path(ctx) or 'csat'}.examples", language), language, width),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _path(ctx: Any) -> str:
    """Return what the command of ``ctx`` goes by in the catalogue."""
    names = []
    while ctx.parent is not None:
        names.append(ctx.info_name)
        ctx = ctx.parent
    return ".".join(reversed(names))


def _usage(command: Any, ctx: Any, arguments: list[Any], language: Language) -> str:
    text = catalogue("workbench")
    pieces = [_name(param) if param.required else f"[{_name(param)}]" for param in arguments]
    if getattr(command, "commands", None):
        pieces.append(text("help.word.command", language))
    pieces.append(f"[{text('help.word.options', language)}]")
    return f"{_heading('usage', language)} {ctx.command_path} {' '.join(pieces)}"


def _section(word: str, rows: list[tuple[str, str]], language: Language, width: int) -> str:
    if not rows:
        return ""
    column = min(max(cells(name) for name, _ in rows), _COLUMN) + 2
    lines = [_heading(word, language)]
    for name, meaning in rows:
        first, *rest = wrap(meaning, width - column - 4)
        if cells(name) > column - 2:
            lines += [_INDENT + typer.style(name, bold=True), _INDENT + " " * column + first]
        else:
            lines.append(_INDENT + typer.style(pad(name, column), bold=True) + first)
        lines += [_INDENT + " " * column + line for line in rest]
    return "\n".join(lines)


def _option(param: Any, language: Language) -> tuple[str, str]:
    text = catalogue("workbench")
    names = ", ".join(sorted(param.opts, key=len))
    words = [text("help.option.help", language) if param.name == "help" else param.help]
    if param.required:
        words.append(text("help.word.required", language))
    elif param.show_default and not param.is_flag and param.default is not None:
        words.append(text("help.word.default", language, value=param.default))
    return (names if param.is_flag else f"{names} {_name(param)}"), " ".join(words)


def _examples(examples: str, language: Language, width: int) -> str:
    """Return the examples, each remark behind its command, or above it where the line would be too long."""
    rows = [
        (command.rstrip(), f"# {why.strip()}" if why else "")
        for command, _, why in (line.partition("#") for line in examples.strip().splitlines())
    ]
    room = width - len(_INDENT) - 2
    beside = [cells(command) for command, why in rows if why and cells(command) + cells(why) <= room]
    column = max(beside, default=0) + 2
    lines = [_heading("examples", language)]
    for command, why in rows:
        shown, remark = typer.style(command, fg="cyan"), typer.style(why, dim=True)
        if why and cells(command) + cells(why) > room:
            lines.append(_INDENT + remark)
        elif why:
            shown += " " * max(2, min(column, width - len(_INDENT) - cells(why)) - cells(command)) + remark
        lines.append(_INDENT + shown)
    return "\n".join(lines)


def _heading(word: str, language: Language) -> str:
    return typer.style(catalogue("workbench")(f"help.word.{word}_heading", language), bold=True)


def _name(param: Any) -> str:
    return str(param.metavar or param.name.upper())


def _first(paragraphs: str) -> str:
    return paragraphs.partition("\n")[0]


def _filled(paragraphs: str, width: int, indent: str) -> list[str]:
    return [
        indent + line if line else "" for part in paragraphs.strip().split("\n") for line in wrap(part, width)
    ]
