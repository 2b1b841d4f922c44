"""Run the command line as ``python -m computeplan``."""

from computeplan.cli import main

if __name__ == "__main__":
    main()
