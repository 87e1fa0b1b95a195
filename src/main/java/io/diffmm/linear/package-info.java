/// Item-item models: the serving part ([ItemItemModel]) and the fits that produce it, random walks over interactions
/// and features and ridge regression.
///
/// Selecting the best fit on the validation split is done in `training`; serving uses no class of the fits.
@NullMarked
package io.diffmm.linear;

import org.jspecify.annotations.NullMarked;
