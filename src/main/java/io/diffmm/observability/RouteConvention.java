package io.diffmm.observability;

import io.micrometer.common.KeyValue;
import org.springframework.http.server.observation.DefaultServerRequestObservationConvention;
import org.springframework.http.server.observation.ServerRequestObservationContext;

/// Names requests in traces by their route: a path would name the user.
final class RouteConvention extends DefaultServerRequestObservationConvention {

    @Override
    protected KeyValue httpUrl(ServerRequestObservationContext context) {
        String route = context.getPathPattern();
        return KeyValue.of("http.url", route == null ? "unknown" : route);
    }
}
