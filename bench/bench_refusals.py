"""What hostile files cost: CPU seconds and peak memory until `csat import` has refused each, or read it.

Every case of the tests' table whose package or text is bad, and the attacks by size at their full size, each
in a process of its own with start-up included. Target: the worst at most 10 s and 512 MB.

    python bench/bench_refusals.py
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench_import import ROOT, Cost, cost

sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from bad_inputs import TABLE, drawn
from bad_kinds import ANSWERED, HEADER, Q1, Draw, Refused, with_sheet
from bad_packages import MB, ONE_TEXT, ROWS_WITHOUT_ADDRESSES, streamed
from drawing import STRINGS, build, c, row, sheet

from survey.definition import dump_study
from survey.study import Study


def shared_texts(blocks: int) -> Draw:
    """Draw a workbook with so many blocks of 10,000 shared texts."""
    head, block = STRINGS.split("<si>")[0].encode(), b"<si><t>x</t></si>" * 10_000
    return lambda p: build(p, strings=(part for part in [head, *[block] * blocks, b"</sst>"]))


def empty_rows() -> Iterator[bytes]:
    """Yield a million rows of ten cells that have a format and no value."""
    for n in range(3, 1_000_003):
        yield row(n, *(c(f"{letter}{n}", s=1) for letter in "ABCDEFGHIJ")).encode()


FULL_SIZE: dict[str, Draw] = {
    "1 GiB of spaces": streamed([b" " * MB] * 1024),
    "a text of 512 MiB": streamed([ONE_TEXT], [b"A" * MB] * 512, [b"</t></is></c></row>"]),
    "20 million shared texts": shared_texts(2000),
    "20 million cells without addresses": streamed([HEADER.encode()], [ROWS_WITHOUT_ADDRESSES] * 1000),
    "2 million cells without addresses": streamed([HEADER.encode()], [ROWS_WITHOUT_ADDRESSES] * 100),
    "10 million empty cells with a format": streamed(["".join(ANSWERED).encode()], empty_rows),
    "200,000 nested elements": lambda p: build(p, sheet=sheet(*ANSWERED, post="<a>" * 200_000)),
    "200,000 attributes": with_sheet(
        HEADER, row(2, c("A2", 5), attrs=" ".join(f'a{n}="1"' for n in range(200_000)))
    ),
}


def import_cost(folder: Path, study: Study, file: Path) -> Cost:
    """Import a file, which may be refused, into a project that has no answers."""
    (folder / "csat.db").unlink(missing_ok=True)
    (folder / "study.yaml").write_text(dump_study(study), encoding="utf-8")
    command = ("import", str(file), "--wave", "w1", "--project", str(folder))
    return cost("-m", "workbench", *command, codes=(0, 1))


def every_cost(folder: Path) -> Iterator[tuple[str, Cost]]:
    """Yield the cost of every hostile file, by name."""
    for section in (section for section in TABLE if section.letter in "ABE"):
        for bad in (bad for bad in section.inputs if isinstance(bad.ends, Refused) and not bad.lowered):
            for case in bad.cases:
                yield f"{bad.en}: {case}", import_cost(folder, bad.study, drawn(bad, case, folder))
    for name, draw in FULL_SIZE.items():
        yield name, import_cost(folder, Q1, draw(folder / "wave.xlsx"))


def main() -> None:
    """Print the costliest files, and the worst of all beside the targets."""
    with tempfile.TemporaryDirectory() as folder:
        costs = dict(every_cost(Path(folder)))
    costliest = sorted(costs, key=lambda name: costs[name].cpu, reverse=True)
    print(f"{len(costs)} hostile files, each imported in a process of its own; the costliest:")
    for name in costliest[:12]:
        print(f"  {name[:70]:<70}{costs[name].cpu:>7.2f} s{costs[name].peak:>7.0f} MB")
    worst = Cost(max(each.cpu for each in costs.values()), max(each.peak for each in costs.values()))
    for what, found, target in (("s of CPU", worst.cpu, 10), ("MB of memory", worst.peak, 512)):
        verdict = "reached" if found <= target else "MISSED"
        print(f"  worst of all: {found:.1f} {what}, target ≤ {target}   {verdict}")


if __name__ == "__main__":
    main()
