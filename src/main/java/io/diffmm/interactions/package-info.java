/// Live interactions: user events that arrive between two trainings, stored in a relational database.
///
/// Contains the store, the validation of interactions, and the merge of a user's live and trained history. Does not
/// contain ranking (see `recommendation`) or HTTP (see `api`).
@NullMarked
package io.diffmm.interactions;

import org.jspecify.annotations.NullMarked;
