"""Owns the name of the chain's bench: `bench/chain.py [--quick] [--json] [--check]`; see `bench/head_office.py`."""

import sys

if __name__ == "__main__":
    sys.path.pop(0)  # this file's own folder, where `chain` would be this file

    from bench.head_office import main

    sys.exit(main())
