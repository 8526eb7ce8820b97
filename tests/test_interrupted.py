"""Whatever ends an import half way, the project is as it was before or as it is after."""

from __future__ import annotations

from pathlib import Path

from interrupting import ROWS, held, killed_imports, new_project, runner


def test_a_killed_import_is_whole_or_absent(tmp_path: Path) -> None:
    outcomes = killed_imports(tmp_path, 12, seed=20261)
    assert outcomes.total() == 12


def test_a_full_disk_leaves_the_project_as_it_was(tmp_path: Path) -> None:
    with runner(tmp_path) as run:
        project = new_project(tmp_path / "project")
        for wave, before in (("w1", {}), ("w2", {"w1": ROWS["w1"]})):
            size = (project / "csat.db").stat().st_size if before else 0
            for room in (1_000, 4_096, 12_000):
                assert run.bring_in(project, wave, limit=size + room) == 1
                said = run.said.read_text(encoding="utf-8")
                assert "csat." in said
                assert "Traceback" not in said
                assert held(project) == before
            assert run.bring_in(project, wave) == 0
        assert held(project) == ROWS
