package io.diffmm.observability;

import io.diffmm.deployment.ModelDeployment;
import io.diffmm.deployment.VersionChangeException.ChangeUnfinishedException;
import io.diffmm.deployment.VersionChangeException.VersionRefusedException;
import io.diffmm.deployment.VersionState;
import io.diffmm.deployment.VersionState.Refusal;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/// Actuator endpoint `artifacts`: lists the versions of the model and changes the version that this replica serves.
@Component
@Endpoint(id = "artifacts")
final class ArtifactsEndpoint {

    private static final String ACTIONS = "pin (with a version), rollback, follow or reload";

    private final ModelDeployment deployment;

    ArtifactsEndpoint(ModelDeployment deployment) {
        this.deployment = deployment;
    }

    /// All versions, newest first.
    record Versions(List<Version> versions) {}

    /// State of a version.
    ///
    /// @param state `current`, `canary`, `available` or `refused`
    /// @param published true for the version that the training job published last
    /// @param pinned true if this version is served regardless of the published one
    /// @param reason reason of a refusal, such as a failed integrity check
    /// @param refusedAt time of the refusal
    record Version(
            String version,
            String state,
            boolean published,
            boolean pinned,
            Optional<String> reason,
            Optional<Instant> refusedAt) {

        static Version from(VersionState state) {
            return new Version(
                    state.version(),
                    state.condition().name().toLowerCase(Locale.ROOT),
                    state.published(),
                    state.pinned(),
                    state.refusal().map(Refusal::reason),
                    state.refusal().map(Refusal::at));
        }
    }

    /// Description of an error.
    record Problem(String detail) {}

    /// Lists all versions. Responds with 503 if the artifact store is not available.
    @ReadOperation
    WebEndpointResponse<Object> read() {
        return respond(this::versions);
    }

    /// Changes the served version and responds after the change: 200 with all versions, 400 for an unknown action, 409
    /// if the version does not exist or is not fit to be served, 503 if it cannot be fetched. Nothing changes on an
    /// error, with one exception: 503 is also the response to a change that takes too long and continues in the
    /// background.
    @WriteOperation
    WebEndpointResponse<Object> change(String action, @Nullable String version) {
        return respond(() -> change(action, Optional.ofNullable(version)));
    }

    private static WebEndpointResponse<Object> respond(Supplier<WebEndpointResponse<Object>> operation) {
        try {
            return operation.get();
        } catch (VersionRefusedException e) {
            return problem(e, HttpStatus.CONFLICT);
        } catch (UncheckedIOException | ChangeUnfinishedException e) {
            return problem(e, HttpStatus.SERVICE_UNAVAILABLE);
        }
    }

    private static WebEndpointResponse<Object> problem(RuntimeException e, HttpStatus status) {
        return new WebEndpointResponse<>(new Problem(String.valueOf(e.getMessage())), status.value());
    }

    private WebEndpointResponse<Object> versions() {
        return new WebEndpointResponse<>(
                new Versions(deployment.versions().stream().map(Version::from).toList()));
    }

    private WebEndpointResponse<Object> change(String action, Optional<String> version) {
        if (action.equals("pin") == version.isEmpty()) {
            return unknownAction(action);
        }
        switch (action) {
            case "pin" -> deployment.pin(version.orElseThrow());
            case "rollback" -> deployment.rollBack();
            case "follow" -> deployment.follow();
            case "reload" -> deployment.reload();
            default -> {
                return unknownAction(action);
            }
        }
        return versions();
    }

    private static WebEndpointResponse<Object> unknownAction(String action) {
        return new WebEndpointResponse<>(
                new Problem("action '%s' is not supported; use %s".formatted(action, ACTIONS)),
                WebEndpointResponse.STATUS_BAD_REQUEST);
    }
}
