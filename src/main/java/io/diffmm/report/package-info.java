/// Training report: its content as records (`report.json`) and the HTML page that presents it (`report.html`).
///
/// Nothing here trains or ranks; `training` measures and fills the records, `evaluation` defines the metrics.
@NullMarked
package io.diffmm.report;

import org.jspecify.annotations.NullMarked;
