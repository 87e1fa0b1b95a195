package io.diffmm.api;

import io.diffmm.recommendation.EncodedAnswer;
import io.diffmm.recommendation.EncodedAnswer.AnswerEncoder;
import io.diffmm.recommendation.Recommendations;
import io.diffmm.recommendation.Recommendations.SimilarItems;
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
import tools.jackson.databind.json.JsonMapper;

/// Encodes answers as JSON, and writes encoded ones with content negotiation (`Accept-Encoding`) and conditional
/// requests (`If-None-Match`).
///
/// Writes to the response directly: a cached answer needs no message converter.
@Component
class AnswerWriter implements AnswerEncoder {

    private static final String GZIP = "gzip";
    private static final Pattern QUALITY = Pattern.compile("q=(0(\\.\\d{0,3})?|1(\\.0{0,3})?)");

    private final String cacheControl;
    private final JsonMapper json;

    AnswerWriter(CacheProperties cache, JsonMapper json) {
        this.cacheControl = cacheControl(cache);
        this.json = json;
    }

    @Override
    public byte[] encode(String userId, Recommendations answer) {
        return json.writeValueAsBytes(RecommendationResponses.ForUser.from(userId, answer));
    }

    @Override
    public byte[] encode(SimilarItems answer) {
        return json.writeValueAsBytes(RecommendationResponses.ForItem.from(answer));
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
        boolean gzip = answer.isCompressible() && allowsGzip(request);
        String tag = gzip ? answer.gzipTag() : answer.entityTag();
        Optional<String> match = request.getHeader(HttpHeaders.IF_NONE_MATCH) == null
                ? Optional.empty()
                : IfNoneMatch.of(request).matching(answer, tag);
        response.setHeader(HttpHeaders.ETAG, match.orElse(tag));
        if (match.isPresent()) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
        } else {
            send(gzip ? answer.gzip() : answer.body(), gzip, response);
        }
    }

    private static void send(byte[] bytes, boolean gzip, HttpServletResponse response) throws IOException {
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        if (gzip) {
            response.setHeader(HttpHeaders.CONTENT_ENCODING, "gzip");
        }
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }

    /// Returns true if the client accepts gzip and does not prefer the uncompressed form (RFC 9110, section
    /// 12.5.3).
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

    /// Condition of a request: entity tags that the client has stored (RFC 9110, section 13.1.2).
    ///
    /// @param tags quoted entity tags; weak tags compare equal to strong ones
    /// @param any true for `*`, which matches every tag
    record IfNoneMatch(List<String> tags, boolean any) {

        IfNoneMatch {
            tags = List.copyOf(tags);
        }

        /// Returns the condition of a request that has one.
        static IfNoneMatch of(HttpServletRequest request) {
            List<ETag> sent = new ArrayList<>();
            Collections.list(request.getHeaders(HttpHeaders.IF_NONE_MATCH))
                    .forEach(header -> sent.addAll(ETag.parse(header)));
            return new IfNoneMatch(
                    sent.stream().map(tag -> '"' + tag.tag() + '"').toList(),
                    sent.stream().anyMatch(ETag::isWildcard));
        }

        /// Returns the entity tag of the representation of `answer` that the client has. Any representation matches,
        /// because all have the same content.
        ///
        /// @param tag entity tag of the representation that would be sent
        Optional<String> matching(EncodedAnswer answer, String tag) {
            if (any) {
                return Optional.of(tag);
            }
            return Stream.of(tag, answer.entityTag(), answer.gzipTag())
                    .filter(tags::contains)
                    .findFirst();
        }
    }
}
