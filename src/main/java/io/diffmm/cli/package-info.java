/// Command line: parses arguments, calls the packages that do the work, and maps exceptions to exit codes.
///
/// Contains no training, evaluation or serving logic.
@NullMarked
package io.diffmm.cli;

import org.jspecify.annotations.NullMarked;
