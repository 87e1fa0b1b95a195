/// Live interactions: what users do between two trainings, kept in a relational database.
///
/// The store, its validation, and what a user's history is made of. Ranking by it is in `recommendation`, HTTP in
/// `api`.
@NullMarked
package io.diffmm.interactions;

import org.jspecify.annotations.NullMarked;
