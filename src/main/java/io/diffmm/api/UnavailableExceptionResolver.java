package io.diffmm.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.diffmm.recommendation.RecommendationsUnavailableException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import tools.jackson.databind.json.JsonMapper;

/// Responds with 503 and a problem document when the service is overloaded, late or shutting down.
///
/// Load shedding must be cheap from the first refusal on. Each document is therefore encoded once and written as bytes,
/// without the exception handlers and message converters, whose code the JIT compiler has not compiled by then. The
/// document omits `instance`, because the request path differs between requests.
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class UnavailableExceptionResolver implements HandlerExceptionResolver {

    private static final Logger LOG = LoggerFactory.getLogger(UnavailableExceptionResolver.class);

    private final JsonMapper mapper;

    /// Encoded documents by message; the number of messages is small.
    private final Map<String, byte[]> bodies = new ConcurrentHashMap<>();

    UnavailableExceptionResolver(JsonMapper mapper) {
        this.mapper = mapper;
    }

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception exception) {
        if (!(exception instanceof RecommendationsUnavailableException refusal)) {
            return null;
        }
        try {
            write(refusal, response);
        } catch (IOException e) {
            LOG.debug("Client closed the connection before the 503 response was sent", e);
        }
        return new ModelAndView();
    }

    private void write(RecommendationsUnavailableException refusal, HttpServletResponse response) throws IOException {
        byte[] body = ApiExceptionHandler.traceId()
                .map(trace -> body(refusal, trace))
                .orElseGet(() -> bodies.computeIfAbsent(message(refusal), _ -> body(refusal, null)));
        response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        response.setHeader(
                HttpHeaders.RETRY_AFTER, Long.toString(refusal.retryAfter().toSeconds()));
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    private static String message(RecommendationsUnavailableException refusal) {
        return String.valueOf(refusal.getMessage());
    }

    private byte[] body(RecommendationsUnavailableException refusal, @Nullable String trace) {
        HttpStatus status = HttpStatus.SERVICE_UNAVAILABLE;
        String reason = refusal.reason().name().toLowerCase(Locale.ROOT);
        return mapper.writeValueAsBytes(
                new Refusal(status.value(), status.getReasonPhrase(), message(refusal), reason, trace));
    }

    /// Problem document (RFC 9457) with the extension members `reason` and `traceId`.
    private record Refusal(
            int status,
            String title,
            String detail,
            String reason,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String traceId) {}
}
