/// What the numerical packages need of the engine beyond DJL's own interface: arrays in memory of the engine's own, and
/// whole computations in one call.
@NullMarked
package io.diffmm.engine;

import org.jspecify.annotations.NullMarked;
