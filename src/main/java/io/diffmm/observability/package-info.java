/// Meters, health indicators, traces, start failure reports and the `artifacts` actuator endpoint.
///
/// Depends on the serving packages through their listeners; no other package depends on this one.
@NullMarked
package io.diffmm.observability;

import org.jspecify.annotations.NullMarked;
