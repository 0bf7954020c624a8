"""Feed ``ocoptrace.gs1`` whatever atheris makes up: ``make fuzz``; options as for libFuzzer."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["ocoptrace"]):
    from gs1_readers import one_input

    import ocoptrace.gs1.linters  # noqa: F401 - else imported when first needed, uninstrumented


def main() -> None:
    """Run until atheris has had enough."""
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
