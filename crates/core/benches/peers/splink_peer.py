"""Splink 4 with DuckDB on the rows of the duplicates benchmark, for comparison.

Needs: pip install "splink==4.*" duckdb pandas
Use:   cargo bench -p lotse-core --bench duplicates -- export ROWS FILE.csv
       python splink_peer.py FILE.csv

Settings: the e-mail address, the phone number and (name, city, postcode) are compared; blocked on equal address,
equal number, equal city with the same first three letters of the name, equal postcode with the same first letter.
Parameters are estimated by Splink itself (random sampling for u, expectation maximisation for m). Names and places
are lower-cased first, phone numbers reduced to their digits.
"""

import logging
import resource
import sys
import time

import duckdb
import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

logging.getLogger("splink").setLevel(logging.ERROR)


def main(path: str) -> None:
    rows = pd.read_csv(path, dtype=str, keep_default_na=False).replace("", None)
    rows["unique_id"] = range(len(rows))
    for column in ("company", "city", "email"):
        rows[column] = rows[column].str.lower()
    rows["phone"] = rows["phone"].str.replace(r"^\+49", "0", regex=True).str.replace(r"\D", "", regex=True)
    before = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("company", [0.95, 0.88]),
            cl.JaroWinklerAtThresholds("city", [0.9]),
            cl.ExactMatch("postcode"),
            cl.ExactMatch("email"),
            cl.ExactMatch("phone"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("email"),
            block_on("phone"),
            block_on("city", "substr(company, 1, 3)"),
            block_on("postcode", "substr(company, 1, 1)"),
        ],
    )
    linker = Linker(rows, settings, DuckDBAPI(duckdb.connect()))
    linker.training.estimate_probability_two_random_records_match([block_on("email"), block_on("phone")], recall=0.5)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("email"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("city", "postcode", "substr(company, 1, 6)"))
    pairs = linker.inference.predict(threshold_match_probability=0.5)
    linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, 0.5)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{len(rows)} rows: {wall:.1f} s wall, {cpu:.1f} s CPU, {after.ru_maxrss / 1024:.0f} MiB peak")
    found = pairs.as_pandas_dataframe()[["unique_id_l", "unique_id_r"]]
    business = rows["business"].to_numpy()
    right = int((business[found["unique_id_l"]] == business[found["unique_id_r"]]).sum())
    sizes = rows.groupby("business").size()
    true = int((sizes * (sizes - 1) // 2).sum())
    print(f"  pairs {len(found)}, true {true}: precision {right / max(len(found), 1):.4f}, recall {right / max(true, 1):.4f}")


if __name__ == "__main__":
    main(sys.argv[1])
