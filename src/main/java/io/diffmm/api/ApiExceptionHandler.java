package io.diffmm.api;

import io.diffmm.interactions.IdempotencyConflictException;
import io.diffmm.interactions.InteractionsUnavailableException;
import io.diffmm.recommendation.RecommendationService.UnknownItemException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.validation.FieldError;
import org.springframework.validation.method.ParameterErrors;
import org.springframework.validation.method.ParameterValidationResult;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/// Turns exceptions into HTTP statuses; every body is a problem document (RFC 9457). Refusals take a shorter way,
/// that of [RefusalWriter].
@RestControllerAdvice
class ApiExceptionHandler extends ResponseEntityExceptionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(ApiExceptionHandler.class);
    private static final Duration IMPORTS_LATER = Duration.ofSeconds(5);

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
        return later(HttpStatus.SERVICE_UNAVAILABLE, String.valueOf(e.getMessage()), e.retryAfter());
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> handle(TooManyImportsException e) {
        return later(HttpStatus.TOO_MANY_REQUESTS, String.valueOf(e.getMessage()), IMPORTS_LATER);
    }

    /// What was stored of an import stays stored, and the client is told how far it came.
    @ExceptionHandler
    ResponseEntity<ProblemDetail> handle(ImportInterruptedException e) {
        String stored = "%d lines are done with; send the others again.".formatted(e.stored());
        ResponseEntity<ProblemDetail> answer = switch (e.getCause()) {
            case InteractionsUnavailableException away ->
                later(HttpStatus.SERVICE_UNAVAILABLE, "%s %s".formatted(away.getMessage(), stored), away.retryAfter());
            case BodyTooLargeException tooLarge ->
                problem(HttpStatus.CONTENT_TOO_LARGE, "%s %s".formatted(tooLarge.getMessage(), stored));
            case ImportTooSlowException slow ->
                problem(HttpStatus.REQUEST_TIMEOUT, "%s %s".formatted(slow.getMessage(), stored));
            case IOException _ -> problem(HttpStatus.BAD_REQUEST, "The body ended early. " + stored);
            case null, default -> {
                LOG.error("An import failed", e);
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

    private static ResponseEntity<ProblemDetail> later(HttpStatus status, String detail, Duration wait) {
        return ResponseEntity.status(status)
                .header(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, wait.toSeconds())))
                .body(ProblemDetail.forStatusAndDetail(status, detail));
    }

    /// A fault of ours: logged in full, answered without detail.
    @ExceptionHandler
    ProblemDetail handle(Exception e) {
        LOG.error("A request failed", e);
        return ProblemDetail.forStatusAndDetail(
                HttpStatus.INTERNAL_SERVER_ERROR, "The request failed; the service's log says why.");
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleTypeMismatch(
            TypeMismatchException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        String name = e instanceof MethodArgumentTypeMismatchException argument
                ? argument.getName()
                : String.valueOf(e.getPropertyName());
        ProblemDetail problem = invalid(List.of(new InvalidParameter(name, expected(e.getRequiredType()))));
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
        String detail = errors.stream().map(InvalidParameter::sentence).collect(Collectors.joining("; "));
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, detail);
        problem.setProperty("errors", errors);
        return problem;
    }

    private static String expected(@Nullable Class<?> type) {
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
}
