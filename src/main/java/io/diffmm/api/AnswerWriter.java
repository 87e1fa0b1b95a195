package io.diffmm.api;

import io.diffmm.recommendation.EncodedAnswer;
import io.diffmm.recommendation.EncodedAnswer.Representation;
import io.diffmm.recommendation.ServingProperties.CacheProperties;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.http.CacheControl;
import org.springframework.http.ETag;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;

/// Writes encoded answers with content negotiation (`Accept-Encoding`) and conditional requests (`If-None-Match`).
///
/// Writes to the response directly: a cached answer needs no message converter.
@Component
class AnswerWriter {

    private final String cacheControl;

    AnswerWriter(CacheProperties cache) {
        this.cacheControl = cacheControl(cache);
    }

    /// Omits `stale-while-revalidate` if clients must revalidate every answer.
    private static String cacheControl(CacheProperties cache) {
        CacheControl control = CacheControl.maxAge(cache.clientMaxAge()).cachePrivate();
        Duration stale = cache.staleWhileRevalidate();
        if (cache.clientMaxAge().toSeconds() > 0 && stale.isPositive()) {
            control.staleWhileRevalidate(stale);
        }
        return String.valueOf(control.getHeaderValue());
    }

    /// Writes the answer with status 200, or status 304 if the client has it already.
    void write(EncodedAnswer answer, HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader(HttpHeaders.CACHE_CONTROL, cacheControl);
        response.setHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
        Representation body = AcceptEncoding.allowsGzip(request) ? answer.compressed() : answer.plain();
        Optional<String> match = IfNoneMatch.of(request).flatMap(condition -> condition.matching(answer, body));
        response.setHeader(HttpHeaders.ETAG, match.orElse(body.entityTag()));
        if (match.isPresent()) {
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

    /// Content codings that a client accepts (RFC 9110, section 12.5.3).
    static final class AcceptEncoding {

        private static final String GZIP = "gzip";
        private static final Pattern QUALITY = Pattern.compile("q=(0(\\.\\d{0,3})?|1(\\.0{0,3})?)");

        private AcceptEncoding() {}

        /// Returns true if the client accepts gzip and does not prefer the uncompressed form.
        static boolean allowsGzip(HttpServletRequest request) {
            String first = request.getHeader(HttpHeaders.ACCEPT_ENCODING);
            if (first == null) {
                return false;
            }
            return allowsGzip(String.join(",", Collections.list(request.getHeaders(HttpHeaders.ACCEPT_ENCODING))));
        }

        static boolean allowsGzip(String header) {
            if (header.equals(GZIP)) {
                return true;
            }
            OptionalDouble anyCoding = weight(header, "*");
            OptionalDouble named = weight(header, GZIP);
            double gzip = named.orElseGet(() -> weight(header, "x-gzip").orElse(anyCoding.orElse(0)));
            double plain = weight(header, "identity").orElse(0);
            return gzip > 0 && gzip >= plain;
        }

        /// Returns the weight of `coding`, or empty if the header does not name it.
        private static OptionalDouble weight(String header, String coding) {
            for (String element : header.toLowerCase(Locale.ROOT).split(",", -1)) {
                String[] parts = element.split(";", 2);
                if (parts[0].strip().equals(coding)) {
                    return OptionalDouble.of(parts.length == 1 ? 1 : quality(parts[1]));
                }
            }
            return OptionalDouble.empty();
        }

        /// Returns the value of a parameter such as `q=0.5`, or 0 if it is malformed.
        private static double quality(String parameter) {
            String text = parameter.strip();
            return QUALITY.matcher(text).matches() ? Double.parseDouble(text.substring(2)) : 0;
        }
    }

    /// Condition of a request: entity tags that the client has stored (RFC 9110, section 13.1.2).
    ///
    /// @param tags quoted entity tags; weak tags compare equal to strong ones
    /// @param any true for `*`, which matches every tag
    record IfNoneMatch(List<String> tags, boolean any) {

        IfNoneMatch {
            tags = List.copyOf(tags);
        }

        /// Returns the condition of the request, or empty if it has none.
        static Optional<IfNoneMatch> of(HttpServletRequest request) {
            if (request.getHeader(HttpHeaders.IF_NONE_MATCH) == null) {
                return Optional.empty();
            }
            List<ETag> sent = new ArrayList<>();
            Collections.list(request.getHeaders(HttpHeaders.IF_NONE_MATCH))
                    .forEach(header -> sent.addAll(ETag.parse(header)));
            return Optional.of(new IfNoneMatch(
                    sent.stream().map(tag -> '"' + tag.tag() + '"').toList(),
                    sent.stream().anyMatch(ETag::isWildcard)));
        }

        /// Returns the entity tag of the representation of `answer` that the client has. Any representation matches,
        /// because all have the same content.
        ///
        /// @param body representation that would be sent
        Optional<String> matching(EncodedAnswer answer, Representation body) {
            if (any) {
                return Optional.of(body.entityTag());
            }
            return Stream.of(body.entityTag(), answer.plain().entityTag(), answer.compressedTag())
                    .filter(tags::contains)
                    .findFirst();
        }
    }
}
