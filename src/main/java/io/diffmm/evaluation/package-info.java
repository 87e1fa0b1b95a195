/// Offline evaluation: rankers, ranking metrics, full ranking of held-out items, confidence intervals, and
/// breakdowns by history length and item popularity.
///
/// Files and command line options are not handled here; `report` presents the results.
@NullMarked
package io.diffmm.evaluation;

import org.jspecify.annotations.NullMarked;
