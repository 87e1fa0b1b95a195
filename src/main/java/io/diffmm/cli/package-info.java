/// The command line: arguments to calls, exceptions to exit codes. No work is done here.
@NullMarked
package io.diffmm.cli;

import org.jspecify.annotations.NullMarked;
