# Every target sets up what it needs. `make` alone lists them; README.md tells the story.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo test check bench lock fonts clean distclean

BIN := .venv/bin
LOCK := $(BIN)/uv pip compile --quiet --system-certs --universal --python-version 3.11 --fork-strategy fewest \
  --generate-hashes --no-annotate --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade) pyproject.toml

help:
	@sed -n 's/^\([a-z]*\):.*## /  make \1@/p' $(firstword $(MAKEFILE_LIST)) | awk -F@ '{printf "%-18s%s\n", $$1, $$2}'

demo: ## 用示例调查跑完全程，得到 PDF 报告 · the whole job on the sample study, up to the PDF report
	@tools/setup.sh run
	@$(BIN)/csat demo

test: ## 运行全部测试 · run every test
	@tools/setup.sh dev
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal

check: setup ## 格式、类型、分层、中英文文案与文档 · lint, format, types, layers, texts and pages of both languages
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/test_house.py
	@$(BIN)/python tools/readme.py

bench: setup ## 运行 bench/ 下的全部对比 · run every comparison in bench/
	@set -e; for file in bench/bench_*.py; do printf '\n== %s\n' "$$file"; $(BIN)/python "$$file"; done

setup: ## 只准备 .venv · only make .venv ready
	@tools/setup.sh dev

lock: setup ## 重新锁定依赖（UPGRADE=1 升级）· recompile the requirements (UPGRADE=1 to upgrade)
	@$(LOCK) --group dev --output-file requirements-dev.txt
	@$(LOCK) --group build --constraint requirements-dev.txt --output-file requirements.txt

fonts: setup ## 重新生成报告字体 · rebuild the fonts of the report
	@$(BIN)/python tools/build_fonts.py

clean: ## 删除生成的文件，保留 .venv · remove what was made, keep .venv
	@rm -rf demo dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name .venv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## 连同 .venv 一并删除 · remove .venv too
	@rm -rf .venv
