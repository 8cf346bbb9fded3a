"""python -m jobs: the clock in a process of its own; the same as `foster-bond clock`."""

import sys

from foster_bond.cli import main

if __name__ == "__main__":
    sys.argv = ["foster-bond", "clock", *sys.argv[1:]]
    main()
