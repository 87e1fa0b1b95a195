/// The HTTP surface: controllers, wire records, and the one place that maps exceptions to problem documents.
///
/// No decisions are taken here; they are in `recommendation`.
@NullMarked
package io.diffmm.api;

import org.jspecify.annotations.NullMarked;
