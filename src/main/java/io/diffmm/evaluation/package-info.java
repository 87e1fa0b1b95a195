/// Ranking metrics as pure functions, and the evaluator that applies them to a model by full ranking.
@NullMarked
package io.diffmm.evaluation;

import org.jspecify.annotations.NullMarked;
