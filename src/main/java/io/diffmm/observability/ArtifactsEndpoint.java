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

/// `/actuator/artifacts`: which versions there are and what became of them, and a hand on what is served by this
/// replica.
@Endpoint(id = "artifacts")
final class ArtifactsEndpoint {

    private static final String ACTIONS = "pin (with a version), rollback, follow or reload";

    private final ModelDeployment deployment;

    ArtifactsEndpoint(ModelDeployment deployment) {
        this.deployment = deployment;
    }

    /// Every version, the newest first.
    record Versions(List<Version> versions) {}

    /// A version.
    ///
    /// @param state `current`, `canary`, `available` or `refused`
    /// @param published whether it is the one that was published last
    /// @param pinned whether it is served whichever is published
    /// @param reason why it was refused
    /// @param refusedAt when
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

    /// What was wrong with a request.
    record Problem(String detail) {}

    /// 503 if they cannot be looked at now: the store is away.
    @ReadOperation
    WebEndpointResponse<Object> read() {
        return answer(this::versions);
    }

    /// Changes what is served, and answers when that is done: 200 with the versions, 400 for what is no action, 409 if
    /// the version is not fit or not there, 503 if it cannot be fetched now; nothing has changed then. If it takes
    /// long, 503 is the answer, too, but it goes on.
    @WriteOperation
    WebEndpointResponse<Object> change(String action, @Nullable String version) {
        return answer(() -> change(action, Optional.ofNullable(version)));
    }

    private static WebEndpointResponse<Object> answer(Supplier<WebEndpointResponse<Object>> made) {
        try {
            return made.get();
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
            return unknown(action);
        }
        switch (action) {
            case "pin" -> deployment.pin(version.orElseThrow());
            case "rollback" -> deployment.rollBack();
            case "follow" -> deployment.follow();
            case "reload" -> deployment.reload();
            default -> {
                return unknown(action);
            }
        }
        return versions();
    }

    private static WebEndpointResponse<Object> unknown(String action) {
        return new WebEndpointResponse<>(
                new Problem("the action is '%s'; it must be %s".formatted(action, ACTIONS)),
                WebEndpointResponse.STATUS_BAD_REQUEST);
    }
}
