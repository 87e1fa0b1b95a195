package io.diffmm.api;

import io.diffmm.api.BodyLimitFilter.BodyTooLargeException;
import io.diffmm.api.ImportController.ImportInterruptedException;
import io.diffmm.api.ImportController.ImportTooSlowException;
import io.diffmm.api.ImportController.TooManyImportsException;
import io.diffmm.api.InvalidParameterException.InvalidParameter;
import io.diffmm.interactions.Interactions.IdempotencyConflictException;
import io.diffmm.interactions.Interactions.InteractionsUnavailableException;
import io.diffmm.recommendation.RecommendationService.UnknownItemException;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.beans.TypeMismatchException;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.validation.FieldError;
import org.springframework.validation.method.ParameterErrors;
import org.springframework.validation.method.ParameterValidationResult;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/// Maps exceptions to HTTP statuses and problem documents (RFC 9457), which contain the trace id of the request.
///
/// [UnavailableExceptionResolver] writes the 503 responses of an overloaded service.
@RestControllerAdvice
class ApiExceptionHandler extends ResponseEntityExceptionHandler implements ResponseBodyAdvice<Object> {

    private static final String TRACE_ID = "traceId";

    private static final Logger LOG = LoggerFactory.getLogger(ApiExceptionHandler.class);
    private static final Duration IMPORT_RETRY_AFTER = Duration.ofSeconds(5);

    @ExceptionHandler
    ProblemDetail handle(UnknownItemException e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.NOT_FOUND, String.valueOf(e.getMessage()));
    }

    @ExceptionHandler
    ProblemDetail handle(InvalidParameterException e) {
        return invalid(e.errors());
    }

    @ExceptionHandler
    ProblemDetail handle(IdempotencyConflictException e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.UNPROCESSABLE_CONTENT, String.valueOf(e.getMessage()));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> handle(InteractionsUnavailableException e) {
        return retryLater(HttpStatus.SERVICE_UNAVAILABLE, String.valueOf(e.getMessage()), e.retryAfter());
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> handle(TooManyImportsException e) {
        return retryLater(HttpStatus.TOO_MANY_REQUESTS, String.valueOf(e.getMessage()), IMPORT_RETRY_AFTER);
    }

    /// Reports the number of processed lines: lines stored before an import was interrupted stay stored.
    @ExceptionHandler
    ResponseEntity<ProblemDetail> handle(ImportInterruptedException e) {
        String stored = "%d lines were processed; send the remaining lines again.".formatted(e.stored());
        ResponseEntity<ProblemDetail> answer = switch (e.getCause()) {
            case InteractionsUnavailableException outage ->
                retryLater(
                        HttpStatus.SERVICE_UNAVAILABLE,
                        "%s %s".formatted(outage.getMessage(), stored),
                        outage.retryAfter());
            case BodyTooLargeException tooLarge ->
                problem(HttpStatus.CONTENT_TOO_LARGE, "%s %s".formatted(tooLarge.getMessage(), stored));
            case ImportTooSlowException slow ->
                problem(HttpStatus.REQUEST_TIMEOUT, "%s %s".formatted(slow.getMessage(), stored));
            case IOException _ -> problem(HttpStatus.BAD_REQUEST, "The body ended early. " + stored);
            case null, default -> {
                LOG.error("Import failed after {} lines", e.stored(), e);
                yield problem(HttpStatus.INTERNAL_SERVER_ERROR, "The import failed. " + stored);
            }
        };
        Objects.requireNonNull(answer.getBody()).setProperty("stored", e.stored());
        answer.getBody().setProperty("rejected", e.rejected());
        return answer;
    }

    private static ResponseEntity<ProblemDetail> problem(HttpStatus status, String detail) {
        return ResponseEntity.status(status).body(ProblemDetail.forStatusAndDetail(status, detail));
    }

    private static ResponseEntity<ProblemDetail> retryLater(HttpStatus status, String detail, Duration wait) {
        return ResponseEntity.status(status)
                .header(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, wait.toSeconds())))
                .body(ProblemDetail.forStatusAndDetail(status, detail));
    }

    /// Handles unexpected exceptions: logs the stack trace and hides it from the client.
    @ExceptionHandler
    ProblemDetail handle(Exception e) {
        LOG.error("Request failed", e);
        return ProblemDetail.forStatusAndDetail(
                HttpStatus.INTERNAL_SERVER_ERROR, "The request failed; the service's log says why.");
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleTypeMismatch(
            TypeMismatchException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        String name = e instanceof MethodArgumentTypeMismatchException argument
                ? argument.getName()
                : String.valueOf(e.getPropertyName());
        ProblemDetail problem = invalid(List.of(new InvalidParameter(name, expectation(e.getRequiredType()))));
        return handleExceptionInternal(e, problem, headers, status, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHandlerMethodValidationException(
            HandlerMethodValidationException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        List<InvalidParameter> errors = e.getParameterValidationResults().stream()
                .flatMap(result -> errors(result).stream())
                .toList();
        return handleExceptionInternal(e, invalid(errors), headers, status, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleMethodArgumentNotValid(
            MethodArgumentNotValidException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return handleExceptionInternal(e, invalid(errors(e.getFieldErrors())), headers, status, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        if (e.getRootCause() instanceof BodyTooLargeException tooLarge) {
            HttpStatus tooLargeStatus = HttpStatus.CONTENT_TOO_LARGE;
            ProblemDetail problem =
                    ProblemDetail.forStatusAndDetail(tooLargeStatus, String.valueOf(tooLarge.getMessage()));
            return handleExceptionInternal(e, problem, headers, tooLargeStatus, request);
        }
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                status, "The body must be JSON of the form {\"history\": [\"item id\", ...]}.");
        return handleExceptionInternal(e, problem, headers, status, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleNoHandlerFoundException(
            NoHandlerFoundException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        ProblemDetail problem =
                ProblemDetail.forStatusAndDetail(status, "There is nothing here; /v3/api-docs lists what there is.");
        return handleExceptionInternal(e, problem, headers, status, request);
    }

    private static ProblemDetail invalid(List<InvalidParameter> errors) {
        ProblemDetail problem =
                ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, InvalidParameter.sentences(errors));
        problem.setProperty("errors", errors);
        return problem;
    }

    private static String expectation(@Nullable Class<?> type) {
        if (type == int.class || type == Integer.class) {
            return "must be a whole number";
        }
        return type == boolean.class || type == Boolean.class ? "must be true or false" : "has the wrong type";
    }

    private static List<InvalidParameter> errors(ParameterValidationResult result) {
        if (result instanceof ParameterErrors fields) {
            return errors(fields.getFieldErrors());
        }
        String name = String.valueOf(result.getMethodParameter().getParameterName());
        return result.getResolvableErrors().stream()
                .map(error -> new InvalidParameter(name, String.valueOf(error.getDefaultMessage())))
                .toList();
    }

    private static List<InvalidParameter> errors(List<FieldError> fields) {
        return fields.stream()
                .map(field -> new InvalidParameter(field.getField(), String.valueOf(field.getDefaultMessage())))
                .toList();
    }

    /// Returns the id of the trace that the current request belongs to, or empty if requests are not traced.
    static Optional<String> traceId() {
        return Optional.ofNullable(MDC.get(TRACE_ID)).filter(id -> !id.isBlank());
    }

    @Override
    public boolean supports(MethodParameter returnType, Class<? extends HttpMessageConverter<?>> converterType) {
        return true;
    }

    /// Adds the trace id to problem documents, so that a client's report leads to the trace.
    @Override
    public @Nullable Object beforeBodyWrite(
            @Nullable Object body,
            MethodParameter returnType,
            MediaType selectedContentType,
            Class<? extends HttpMessageConverter<?>> selectedConverterType,
            ServerHttpRequest request,
            ServerHttpResponse response) {
        if (body instanceof ProblemDetail problem) {
            traceId().ifPresent(id -> problem.setProperty(TRACE_ID, id));
        }
        return body;
    }

    /// Returns problem documents for errors outside controllers, to which the container forwards.
    @Hidden
    @RestController
    static class ProblemErrorController implements ErrorController {

        @RequestMapping("${spring.web.error.path:/error}")
        ProblemDetail error(HttpServletRequest request) {
            Object code = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
            HttpStatus status = code instanceof Integer number ? HttpStatus.resolve(number) : HttpStatus.NOT_FOUND;
            return ProblemDetail.forStatus(status == null ? HttpStatus.INTERNAL_SERVER_ERROR : status);
        }
    }
}
