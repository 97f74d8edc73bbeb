# Every target is a command of bootstrap.py, which works the same without make.
PYTHON ?= python3

.PHONY: lab test site setup lint clean

lab test site setup lint:
	@$(PYTHON) bootstrap.py $@

# Keeps workbook/: a learner's answers are in it.
clean:
	rm -rf .venv .venv.lock build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
