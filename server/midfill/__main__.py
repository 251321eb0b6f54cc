"""`python -m midfill`: the command."""

import sys

from midfill.cli import main

if __name__ == "__main__":
    sys.exit(main())
