/// What a person reads of a training run: its content as records, and the page that shows them.
///
/// Nothing here trains or ranks; `training` fills the records in.
@NullMarked
package io.diffmm.report;

import org.jspecify.annotations.NullMarked;
