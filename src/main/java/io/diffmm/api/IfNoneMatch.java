package io.diffmm.api;

import io.diffmm.recommendation.EncodedAnswer;
import io.diffmm.recommendation.EncodedAnswer.Representation;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.http.ETag;
import org.springframework.http.HttpHeaders;

/// Which answers a client has already (RFC 9110, section 13.1.2).
///
/// @param tags in quotes; weak ones count like strong ones
/// @param any whether it has any, whatever its tag
record IfNoneMatch(List<String> tags, boolean any) {

    IfNoneMatch {
        tags = List.copyOf(tags);
    }

    /// What the request says; empty if it says nothing.
    static Optional<IfNoneMatch> of(HttpServletRequest request) {
        if (request.getHeader(HttpHeaders.IF_NONE_MATCH) == null) {
            return Optional.empty();
        }
        List<ETag> given = new ArrayList<>();
        Collections.list(request.getHeaders(HttpHeaders.IF_NONE_MATCH))
                .forEach(header -> given.addAll(ETag.parse(header)));
        return Optional.of(new IfNoneMatch(
                given.stream().map(tag -> '"' + tag.tag() + '"').toList(),
                given.stream().anyMatch(ETag::isWildcard)));
    }

    /// The tag of the form of `answer` that the client has; of either form, as they say the same.
    ///
    /// @param body the form that would be sent
    Optional<String> matching(EncodedAnswer answer, Representation body) {
        if (any) {
            return Optional.of(body.entityTag());
        }
        return Stream.of(body.entityTag(), answer.plain().entityTag(), answer.compressedTag())
                .filter(tags::contains)
                .findFirst();
    }
}
