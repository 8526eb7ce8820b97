"""Finds, in the source, every place that asks a catalogue for a sentence.

A sentence is asked for directly, ``catalogue("survey")(key, …)``, as a problem, ``Problem(code, …)``,
or through a function that hands its own parameter on as the key. The last kind is found by following
parameters until nothing new turns up, so a new helper function needs no entry anywhere.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("survey", "analysis", "report_templates", "workbench")
TEMPLATES = {".html", ".svg", ".j2", ".css", ".js"}

Function = ast.FunctionDef | ast.AsyncFunctionDef
# These names are also methods of sets, lists and mappings, so a call is only ours if it says a key.
CONTAINER_METHODS = {"add", "append", "get", "pop", "remove", "update", "discard"}
ANYTHING = r"[\w.-]*"
A_KEY = re.compile(r"[a-z0-9]+([._][a-z0-9]+)+")


@dataclass(frozen=True)
class Sink:
    """A parameter that becomes a key: of which catalogue, behind which prefix, at which position."""

    catalogue: str
    prefix: str = ""
    position: int = 0
    parameter: str = "key"


# By module and name of the function.
Sinks = dict[tuple[str, str], Sink]


@dataclass(frozen=True)
class Use:
    """A sentence asked for. ``pattern`` matches its key; ``given`` are the values, None if not known."""

    where: str
    catalogue: str
    pattern: re.Pattern[str]
    given: frozenset[str] | None


@dataclass
class Source:
    """One module, parsed.

    ``imported`` maps a name to its module and its name there, ``aliases`` a name to the catalogue bound to
    it, ``declared`` a parameter or field, here or elsewhere in the package, to its class.
    """

    path: Path
    tree: ast.Module = field(init=False)
    imported: dict[str, tuple[str, str]] = field(init=False, default_factory=dict)
    aliases: dict[str, str] = field(init=False, default_factory=dict)
    declared: dict[str, tuple[str, str]] = field(init=False, default_factory=dict)
    asking: list[tuple[ast.AST, ast.expr]] = field(init=False)

    def __post_init__(self) -> None:
        self.tree = ast.parse(self.path.read_text(encoding="utf-8"))
        scopes = [self.tree, *(node for node in ast.walk(self.tree) if isinstance(node, Function))]
        inside = ((scope, node) for scope in scopes for node in _own_nodes(scope))
        self.asking = [(scope, node) for scope, node in inside if isinstance(node, ast.Call | ast.Subscript)]
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom):
                for name in node.names:
                    self.imported[name.asname or name.name] = (node.module or "", name.name)
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name_of = self.catalogue_of(node.value)
                if name_of is not None:
                    self.aliases[node.targets[0].id] = name_of
            elif isinstance(node, ast.arg | ast.AnnAssign) and isinstance(node.annotation, ast.Name):
                name = node.arg if isinstance(node, ast.arg) else getattr(node.target, "id", "")
                kind = node.annotation.id
                self.declared[name] = self.imported.get(kind, (self.name, kind))

    @property
    def name(self) -> str:
        return ".".join(self.path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")

    def where(self, node: ast.expr) -> str:
        return f"{self.path.relative_to(ROOT)}:{node.lineno}"

    def catalogue_of(self, node: ast.expr) -> str | None:
        """Return the package whose catalogue ``node`` is: ``catalogue("survey")`` or a name bound to it."""
        if isinstance(node, ast.Name):
            return self.aliases.get(node.id)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "catalogue":
            argument = node.args[0]
            return argument.value if isinstance(argument, ast.Constant) else self.name.split(".")[0]
        return None

    def sink_of(self, function: ast.expr, sinks: Sinks) -> Sink | None:
        """Return the sink that a call of ``function`` reaches: defined here, or in a module imported here."""
        name = getattr(function, "id", getattr(function, "attr", ""))
        if name in self.declared:
            place, kind = self.declared[name]
            return sinks.get((place, f"{kind}.__call__"))
        if isinstance(function, ast.Name):
            return sinks.get(self.imported.get(function.id, (self.name, function.id)))
        if not isinstance(function, ast.Attribute):
            return None
        near = {self.name} | {place for place, _ in self.imported.values()}
        near |= {f"{place}.{name}" for place, name in self.imported.values()}
        return next(
            (sink for (place, name), sink in sinks.items() if name == function.attr and place in near), None
        )


def sources() -> tuple[Source, ...]:
    """Return every module of the four packages."""
    found: list[Source] = []
    for package in PACKAGES:
        modules = [Source(path) for path in sorted((ROOT / package).rglob("*.py"))]
        together = {name: kind for module in modules for name, kind in module.declared.items()}
        for module in modules:
            module.declared = together | module.declared
        found += modules
    return tuple(found)


def uses(modules: tuple[Source, ...]) -> list[Use]:
    """Return every use of a sentence whose key can be read from the source."""
    sinks: Sinks = {("survey.errors", "Problem"): Sink("survey", "problem.", 0, "code")}
    while True:
        grown = dict(sinks)
        found = [use for module in modules for use in _uses_of(module, sinks, grown)]
        if grown == sinks:
            return found
        sinks = grown


def _uses_of(module: Source, sinks: Sinks, grown: Sinks) -> Iterator[Use]:
    for scope, node in module.asking:
        asked = _asked(node, module, sinks)
        if asked is None:
            continue
        sink, key, given = asked
        handed_on = _handed_on(sink, key, scope)
        if handed_on is not None and isinstance(scope, Function):
            grown.setdefault((module.name, _owner(module, scope) + scope.name), handed_on)
            continue
        for text in _readings(key, scope):
            pattern = re.compile(re.escape(sink.prefix) + text)
            yield Use(module.where(key), sink.catalogue, pattern, given if ANYTHING not in text else None)


def _owner(module: Source, function: Function) -> str:
    """Return the class before ``__call__``, whose objects are called by the names they go under."""
    if function.name != "__call__":
        return ""
    return next(
        f"{c.name}." for c in ast.walk(module.tree) if isinstance(c, ast.ClassDef) and function in c.body
    )


def _handed_on(sink: Sink, key: ast.expr, scope: ast.AST) -> Sink | None:
    """Return what calling ``scope`` asks for, when its own parameter is the key or ends it."""
    prefix = ""
    if (
        isinstance(key, ast.JoinedStr)
        and len(key.values) == 2
        and isinstance(key.values[1], ast.FormattedValue)
    ):
        first, last = key.values
        prefix, key = (str(first.value) if isinstance(first, ast.Constant) else ""), last.value
    if not isinstance(scope, Function) or not isinstance(key, ast.Name) or key.id not in _parameters(scope):
        return None
    method = _parameters(scope)[0] in ("self", "cls")
    return Sink(sink.catalogue, sink.prefix + prefix, _parameters(scope).index(key.id) - method, key.id)


def _asked(
    node: ast.AST, module: Source, sinks: Sinks
) -> tuple[Sink, ast.expr, frozenset[str] | None] | None:
    if isinstance(node, ast.Subscript):
        name = module.catalogue_of(node.value)
        return None if name is None else (Sink(name), node.slice, None)
    if not isinstance(node, ast.Call):
        return None
    name = module.catalogue_of(node.func)
    if name is not None:
        return Sink(name), node.args[0], _keywords(node)
    sink = module.sink_of(node.func, sinks)
    if sink is None:
        return None
    key = next((word.value for word in node.keywords if word.arg == sink.parameter), None)
    if key is None and len(node.args) > sink.position:
        key = node.args[sink.position]
    called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if key is None or isinstance(key, ast.Starred) or (called in CONTAINER_METHODS and not _says_a_key(key)):
        return None
    problem = isinstance(node.func, ast.Name) and node.func.id == "Problem"
    return sink, key, _problem_values(node) if problem else None


def _says_a_key(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and A_KEY.fullmatch(node.value) is not None
    return isinstance(node, (ast.IfExp, ast.JoinedStr))


def _own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """Walk a scope without the functions inside it."""
    for node in ast.iter_child_nodes(scope):
        if not isinstance(node, Function):
            yield node
            yield from _own_nodes(node)


def _parameters(function: Function) -> list[str]:
    arguments = function.args
    return [argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]


def _keywords(call: ast.Call) -> frozenset[str] | None:
    if any(word.arg is None for word in call.keywords):
        return None
    return frozenset(word.arg for word in call.keywords if word.arg is not None)


def _problem_values(call: ast.Call) -> frozenset[str] | None:
    values = call.args[2] if len(call.args) > 2 else None
    if isinstance(values, ast.Dict) and all(isinstance(key, ast.Constant) for key in values.keys):
        return frozenset(str(key.value) for key in values.keys if isinstance(key, ast.Constant))
    return frozenset() if len(call.args) == 2 and not call.keywords else None


def _readings(node: ast.expr, scope: ast.AST) -> Iterator[str]:
    """Return the patterns of what ``node`` can be; a name is followed to what the scope assigns it."""
    if isinstance(node, ast.IfExp):
        yield from _readings(node.body, scope)
        yield from _readings(node.orelse, scope)
    elif isinstance(node, ast.Name):
        for one in _own_nodes(scope):
            if isinstance(one, ast.Assign) and any(
                isinstance(target, ast.Name) and target.id == node.id for target in one.targets
            ):
                yield from _readings(one.value, scope)
    elif (pattern := literal_pattern(node)) is not None:
        yield pattern


def literal_pattern(node: ast.AST) -> str | None:
    """Return the pattern that a string or an f-string stands for, None for anything else."""
    if isinstance(node, ast.Constant):
        return re.escape(node.value) if isinstance(node.value, str) else None
    if not isinstance(node, ast.JoinedStr):
        return None
    return "".join(re.escape(str(p.value)) if isinstance(p, ast.Constant) else ANYTHING for p in node.values)


def said(modules: tuple[Source, ...]) -> tuple[set[str], list[re.Pattern[str]]]:
    """Return every string in source and templates, and the pattern of every f-string that says enough.

    A pattern counts when its fixed part is four letters or more, and not only the prefix of all problems.
    """
    strings: set[str] = set()
    patterns: set[str] = set()
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                strings.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                fixed = "".join(str(p.value) for p in node.values if isinstance(p, ast.Constant))
                if len(re.sub(r"\W", "", fixed)) >= 4 and fixed != "problem.":
                    patterns.add(literal_pattern(node) or "")
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*"):
            if path.suffix in TEMPLATES:
                text = path.read_text(encoding="utf-8")
                strings |= set(re.findall(r"""["']([\w.-]+)["']""", text))
                patterns |= {
                    re.escape(start) + ANYTHING
                    for start in re.findall(r"""["']([\w-]+\.[\w.-]*)["'] *~""", text)
                }
    return strings, [re.compile(pattern) for pattern in sorted(patterns)]
