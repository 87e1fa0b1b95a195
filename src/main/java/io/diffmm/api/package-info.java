/// HTTP endpoints: controllers, request and response bodies, and the mapping of exceptions to problem documents
/// (RFC 9457).
///
/// Contains no recommendation logic, which is in `recommendation`.
@NullMarked
package io.diffmm.api;

import org.jspecify.annotations.NullMarked;
