"""`python build.py`: build the report. Everything else is in report_builder."""

from report_builder.cli import main

if __name__ == "__main__":
    main()
