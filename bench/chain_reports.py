"""Owns the name of the bench of a chain's reports: `bench/chain_reports.py [--quick] [--json] [--check]`; see
`bench/chain_year.py`.
"""

import sys

if __name__ == "__main__":
    sys.path.pop(0)  # this file's own folder, where `chain` would be another bench

    from bench.chain_year import main

    sys.exit(main())
