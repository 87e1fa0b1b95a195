/// Ranking metrics as pure functions, the evaluator that applies them to a model by full ranking, and closer looks at
/// what it found: intervals, groups of users and items, the variety of the lists.
@NullMarked
package io.diffmm.evaluation;

import org.jspecify.annotations.NullMarked;
