package io.diffmm.api;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;

/// Which encodings a client accepts (RFC 9110, section 12.5.3).
final class AcceptEncoding {

    private static final String GZIP = "gzip";
    private static final Pattern QUALITY = Pattern.compile("q=(0(\\.\\d{0,3})?|1(\\.0{0,3})?)");

    private AcceptEncoding() {}

    /// Whether an answer may go out compressed: the client accepts gzip, and likes the plain form no better.
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
        OptionalDouble anything = weight(header, "*");
        OptionalDouble named = weight(header, GZIP);
        double gzip = named.orElseGet(() -> weight(header, "x-gzip").orElse(anything.orElse(0)));
        double plain = weight(header, "identity").orElse(0);
        return gzip > 0 && gzip >= plain;
    }

    /// The weight of `coding`, if the header names it.
    private static OptionalDouble weight(String header, String coding) {
        for (String element : header.toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] parts = element.split(";", 2);
            if (parts[0].strip().equals(coding)) {
                return OptionalDouble.of(parts.length == 1 ? 1 : quality(parts[1]));
            }
        }
        return OptionalDouble.empty();
    }

    /// The value of `q=0.5`; 0 if it is not of that form.
    private static double quality(String parameter) {
        String text = parameter.strip();
        return QUALITY.matcher(text).matches() ? Double.parseDouble(text.substring(2)) : 0;
    }
}
