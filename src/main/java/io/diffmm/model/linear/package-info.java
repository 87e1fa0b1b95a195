/// The linear view: items that are linked with each other, whoever interacts with them.
@NullMarked
package io.diffmm.model.linear;

import org.jspecify.annotations.NullMarked;
