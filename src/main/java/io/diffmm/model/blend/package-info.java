/// Blending of views to one ranking: loading a model from its files, ranking, and explanations.
@NullMarked
package io.diffmm.model.blend;

import org.jspecify.annotations.NullMarked;
