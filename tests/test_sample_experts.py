"""The workbooks of the sample's experts are what the tool makes of their judgements."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
EXPERTS = ROOT / "sample_surveys" / "key_accounts" / "experts"


def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_experts", ROOT / "tools" / "make_experts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_workbooks_of_experts_hold_their_judgements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CSAT_LANG", raising=False)
    tool().make(tmp_path)
    made = {file.name: file.read_bytes() for file in tmp_path.glob("*.xlsx")}
    assert made == {file.name: file.read_bytes() for file in EXPERTS.glob("*.xlsx")}
    assert len(made) == 6
