"""What was wrong with a command line, as a value that can be told in either language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from survey.language import Language, catalogue, listing


class Misuse(Exception):
    """The command was called wrongly: exit 2.

    ``key`` names the sentence and ``values`` fill it in; a value may be a mapping of language to text.
    """

    def __init__(self, key: str, command: str, /, **values: object) -> None:
        self.key = key
        self.command = command
        self.values = values
        super().__init__(key)

    @classmethod
    def unknown(cls, what: str, name: str, known: Sequence[str], command: str) -> Misuse:
        """Return the misuse of naming a ``what`` that does not exist, with those there are.

        Commands and options are many, so close ones stand for all.
        """
        close = get_close_matches(name, known, n=3)
        if what in ("command", "option"):
            return cls(f"usage.unknown_{what}", command, name=name, known=listing(close or known))
        values = {"name": name, "known": listing(known)}
        if close:
            return cls(f"usage.unknown_{what}_near", command, **values, guess=close[0])
        return cls(f"usage.unknown_{what}", command, **values)

    def message(self, language: Language) -> str:
        """Return what is wrong and what would have been right."""
        values = {
            name: value[language] if isinstance(value, Mapping) else value
            for name, value in self.values.items()
        }
        return catalogue("workbench")(self.key, language, **values)

    def more(self, language: Language) -> tuple[str, ...]:
        """Return what else is wrong, a sentence each."""
        return ()

    def hint(self, language: Language) -> str:
        """Return where help stands."""
        return catalogue("workbench")("usage.hint", language, command=self.command)


class Misuses(Misuse):
    """Several things wrong with one command line, told at once."""

    def __init__(self, faults: Sequence[Misuse]) -> None:
        first, *self.rest = faults
        super().__init__(first.key, first.command, **first.values)

    def more(self, language: Language) -> tuple[str, ...]:
        """Return what else is wrong, a sentence each."""
        return tuple(fault.message(language) for fault in self.rest)


def misuse(error: Any, ctx: Any) -> Misuse:
    """Return what ``error``, found by typer while reading the arguments of ``ctx``, means.

    typer's own exceptions differ between its versions in where they are defined, not in their names.
    """
    command = str(ctx.command_path)
    match type(error).__name__:
        case "NoSuchOption":
            known = [name for param in ctx.command.get_params(ctx) for name in param.opts]
            known = [name for name in known if name.startswith("-")]
            return Misuse.unknown("option", error.option_name, known, command)
        case "MissingParameter":
            return Misuse("usage.missing", command, name=_name(error.param))
        case "BadOptionUsage":
            params = {name: param for param in ctx.command.get_params(ctx) for name in param.opts}
            flag = params[error.option_name].is_flag
            key = "usage.takes_no_value" if flag else "usage.needs_value"
            return Misuse(key, command, name=error.option_name)
        case "BadParameter":
            words = catalogue("workbench")
            need = words.get(f"usage.need.{error.param.name}", words["usage.need.path"])
            return Misuse("usage.bad_value", command, name=_name(error.param), need=need)
    if hasattr(ctx.command, "commands"):
        return Misuse("usage.no_command", command)
    return Misuse("usage.unclear", command, what=error.message)


def _name(param: Any) -> str:
    if param.param_type_name == "argument":
        return str(param.metavar or param.name.upper())
    return str(max(param.opts, key=len))
