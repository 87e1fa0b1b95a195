@NullMarked
package io.diffmm;

import org.jspecify.annotations.NullMarked;
