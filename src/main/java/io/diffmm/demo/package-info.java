/// Invented data: the demo dataset with known preferences, and untrained models of any size for load tests.
@NullMarked
package io.diffmm.demo;

import org.jspecify.annotations.NullMarked;
