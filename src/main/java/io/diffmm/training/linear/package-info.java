/// How the linear view is fitted: walks over interactions and features, and a ridge regression.
///
/// What comes of each is [io.diffmm.model.linear.ItemLinks]. Nothing here measures which one is best.
@NullMarked
package io.diffmm.training.linear;

import org.jspecify.annotations.NullMarked;
