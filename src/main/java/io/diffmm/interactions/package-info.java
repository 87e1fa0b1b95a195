/// Live interactions: user events that arrive between two trainings, stored in a relational database.
///
/// Contains the store and the validation of interactions. Does not contain histories and rankings (see
/// `recommendation`) or HTTP (see `api`).
@NullMarked
package io.diffmm.interactions;

import org.jspecify.annotations.NullMarked;
