package io.diffmm.api;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;
import org.springframework.web.filter.OncePerRequestFilter;

/// Stops reading a request body at the configured size, with or without a `Content-Length`.
@Component
class BodyLimitFilter extends OncePerRequestFilter {

    private final ApiProperties limits;

    BodyLimitFilter(ApiProperties limits) {
        this.limits = limits;
    }

    /// Skips GET requests, whose body no controller reads.
    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return request.getMethod().equals("GET");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        boolean isImport = request.getRequestURI().equals(request.getContextPath() + ImportController.PATH);
        DataSize maximum = isImport ? limits.imports().maxBody() : limits.maxBody();
        chain.doFilter(new LimitedRequest(request, maximum.toBytes()), response);
    }

    /// Thrown by a read past the maximum size of a body.
    static final class BodyTooLargeException extends IOException {

        private static final long serialVersionUID = 1;

        BodyTooLargeException(long maximum) {
            super("The body is larger than %d bytes.".formatted(maximum));
        }
    }

    private static final class LimitedRequest extends HttpServletRequestWrapper {

        private final long maximum;

        LimitedRequest(HttpServletRequest request, long maximum) {
            super(request);
            this.maximum = maximum;
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            if (getContentLengthLong() > maximum) {
                throw new BodyTooLargeException(maximum);
            }
            return new LimitedStream(super.getInputStream(), maximum);
        }
    }

    private static final class LimitedStream extends ServletInputStream {

        private final ServletInputStream body;
        private final long maximum;
        private long remaining;

        LimitedStream(ServletInputStream body, long maximum) {
            this.body = body;
            this.maximum = maximum;
            this.remaining = maximum;
        }

        @Override
        public int read() throws IOException {
            int value = body.read();
            count(value < 0 ? 0 : 1);
            return value;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = body.read(bytes, offset, length);
            count(Math.max(0, count));
            return count;
        }

        private void count(int bytes) throws IOException {
            remaining -= bytes;
            if (remaining < 0) {
                throw new BodyTooLargeException(maximum);
            }
        }

        @Override
        public boolean isFinished() {
            return body.isFinished();
        }

        @Override
        public boolean isReady() {
            return body.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            body.setReadListener(listener);
        }
    }
}
