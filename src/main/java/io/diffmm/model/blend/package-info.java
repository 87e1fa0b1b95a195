/// A model at work: its views of a user, blended to one ranking.
@NullMarked
package io.diffmm.model.blend;

import org.jspecify.annotations.NullMarked;
