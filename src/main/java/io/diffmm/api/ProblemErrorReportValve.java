package io.diffmm.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

/// Answers, as a problem document, what the container refuses before it knows the application: an illegal path, say.
class ProblemErrorReportValve extends ErrorReportValve {

    private static final String DETAIL = "The request is not valid HTTP, or its path is not properly encoded.";

    @Override
    protected void report(Request request, Response response, @Nullable Throwable thrown) {
        int code = response.getStatus();
        if (code < HttpStatus.BAD_REQUEST.value() || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        HttpStatus status = HttpStatus.resolve(code);
        String title = status == null ? "Error" : status.getReasonPhrase();
        String detail = status == HttpStatus.BAD_REQUEST ? DETAIL : title;
        String body = "{\"status\":%d,\"title\":\"%s\",\"detail\":\"%s\"}".formatted(code, title, detail);
        try {
            response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
            response.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
            response.finishResponse();
        } catch (IOException | IllegalStateException e) {
            container.getLogger().debug("The client had gone before it was refused", e);
        }
    }
}
