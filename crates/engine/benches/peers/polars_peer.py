"""polars reading the file of the intake benchmark, for comparison.

Needs: pip install polars fastexcel
Use:   python polars_peer.py FILE.csv|FILE.xlsx

Prints seconds, rows and the largest memory in KiB on one line. The time is that of the one call: neither starting Python
nor importing polars counts. The text file is read with its delimiter told, every other setting as it comes; the workbook
with the engine calamine.
"""

import resource
import sys
import time

import polars as pl


def main(path: str) -> None:
    begun = time.perf_counter()
    if path.lower().endswith(".csv"):
        table = pl.read_csv(path, separator=";")
    else:
        table = pl.read_excel(path, engine="calamine")
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{seconds:.4f} {table.height} {peak}")


if __name__ == "__main__":
    main(sys.argv[1])
