/// Readers of datasets: files (CSV, Parquet, NumPy) and the server's database of live interactions.
///
/// Every reader visits its source once, validates it and rejects it with an exception that names file, line and cause.
/// The results are values of `datasets`. `docs/datasets.md` specifies the formats.
@NullMarked
package io.diffmm.datasets.reading;

import org.jspecify.annotations.NullMarked;
