/// Application class of the recommendation service, which serves and trains models (`serve`, `train`).
@NullMarked
package io.diffmm;

import org.jspecify.annotations.NullMarked;
