/// Interfaces of a scoring model and its views, shared by training, evaluation and serving: queries, histories, stages,
/// settings and the registry of families.
///
/// Holds no model of any family; those are in `families`.
@NullMarked
package io.diffmm.model;

import org.jspecify.annotations.NullMarked;
