/// How the linear view is fitted: walks over interactions and features, and a ridge regression.
///
/// What comes of each is [ItemLinks]. Nothing here measures which one is best.
@NullMarked
package io.diffmm.linear;

import org.jspecify.annotations.NullMarked;
