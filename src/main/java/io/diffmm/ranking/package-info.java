/// Rankings, top-k selection and score explanations. Serving and evaluation share this implementation, so that the
/// measured rankings are the served ones.
///
/// Rows are item numbers; this package contains no models and no catalogue.
@NullMarked
package io.diffmm.ranking;

import org.jspecify.annotations.NullMarked;
