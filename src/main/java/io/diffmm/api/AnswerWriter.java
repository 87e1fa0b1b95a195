package io.diffmm.api;

import io.diffmm.recommendation.EncodedAnswer;
import io.diffmm.recommendation.EncodedAnswer.Representation;
import io.diffmm.recommendation.ServingProperties.CacheProperties;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;

/// Sends encoded answers, in the form that the client accepts; a client may keep one for a while and then ask
/// for it again by its entity tag (`If-None-Match`).
///
/// Writes to the response itself: an answer from the cache needs no message converter.
@Component
class AnswerWriter {

    private final String cacheControl;

    AnswerWriter(CacheProperties cache) {
        this.cacheControl = cacheControl(cache);
    }

    /// A client that may not use an answer unasked may not use an old one either.
    private static String cacheControl(CacheProperties cache) {
        CacheControl control = CacheControl.maxAge(cache.clientMaxAge()).cachePrivate();
        Duration stale = cache.staleWhileRevalidate();
        if (cache.clientMaxAge().toSeconds() > 0 && stale.isPositive()) {
            control.staleWhileRevalidate(stale);
        }
        return String.valueOf(control.getHeaderValue());
    }

    /// 200 with the answer, or 304 if the client has it already.
    void write(EncodedAnswer answer, HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader(HttpHeaders.CACHE_CONTROL, cacheControl);
        response.setHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
        Representation body = AcceptEncoding.allowsGzip(request) ? answer.compressed() : answer.plain();
        Optional<String> known = IfNoneMatch.of(request).flatMap(condition -> condition.matching(answer, body));
        response.setHeader(HttpHeaders.ETAG, known.orElse(body.entityTag()));
        if (known.isPresent()) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
        } else {
            send(body, response);
        }
    }

    private static void send(Representation body, HttpServletResponse response) throws IOException {
        byte[] bytes = body.bytes();
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        if (body.isGzip()) {
            response.setHeader(HttpHeaders.CONTENT_ENCODING, "gzip");
        }
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }
}
