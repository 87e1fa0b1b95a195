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

/// Answers 503, as a problem document, when there is no answer now.
///
/// Refusals are most frequent when there is least time for them, and then suddenly so. They therefore go the way of
/// an ordinary answer: encoded once and sent as bytes, past the exception handlers and message converters, which
/// nothing would have compiled until then. The document has no `instance`, which is the path that was asked for.
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class RefusalWriter implements HandlerExceptionResolver {

    private static final Logger LOG = LoggerFactory.getLogger(RefusalWriter.class);

    private final JsonMapper mapper;

    /// By message, of which there are few.
    private final Map<String, byte[]> bodies = new ConcurrentHashMap<>();

    RefusalWriter(JsonMapper mapper) {
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
            LOG.debug("The client had gone before it was refused", e);
        }
        return new ModelAndView();
    }

    private void write(RecommendationsUnavailableException refusal, HttpServletResponse response) throws IOException {
        byte[] body = TraceId.current()
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

    /// The document, by RFC 9457; `reason` and `traceId` are ours.
    private record Refusal(
            int status,
            String title,
            String detail,
            String reason,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String traceId) {}
}
