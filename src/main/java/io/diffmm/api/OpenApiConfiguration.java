package io.diffmm.api;

import io.diffmm.api.InvalidParameterException.InvalidParameter;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// OpenAPI document at `/v3/api-docs`, with the problem responses that all operations share.
@Configuration(proxyBeanMethods = false)
class OpenApiConfiguration {

    private static final String PROBLEM = "Problem";

    /// Descriptions of the problem responses of every operation, by status code.
    private static final Map<String, String> COMMON_PROBLEMS = Map.of(
            "400", "A parameter or the body is not valid; `errors` lists the violations.",
            "406", "The response is JSON, which the request does not accept.",
            "500", "Internal error; see the service log.",
            "503",
                    "The service is overloaded, or the answer was not ready in time; `reason` contains the cause."
                            + " `Retry-After` contains the number of seconds to wait before a retry.");

    @Bean
    OpenAPI openApi() {
        String version = Optional.ofNullable(getClass().getPackage().getImplementationVersion())
                .orElse("development");
        return new OpenAPI()
                .components(new Components())
                .info(new Info()
                        .title("DiffMM Server")
                        .version(version)
                        .description(
                                "Item recommendations from diffusion models, computed on request from a user's or session's"
                                        + " history. Responses are compressed if `Accept-Encoding` allows gzip. Errors are"
                                        + " reported as problem documents (RFC 9457).")
                        .license(new License().name("Apache-2.0").url("https://www.apache.org/licenses/LICENSE-2.0")));
    }

    @Bean
    OpenApiCustomizer problems() {
        return api -> {
            ModelConverters.getInstance(true).read(ProblemDocument.class).forEach(api.getComponents()::addSchemas);
            ModelConverters.getInstance(true).read(InvalidParameter.class).forEach(api.getComponents()::addSchemas);
            api.getPaths().values().stream()
                    .flatMap(path -> path.readOperations().stream())
                    .forEach(OpenApiConfiguration::addProblems);
        };
    }

    private static void addProblems(Operation operation) {
        COMMON_PROBLEMS.forEach((status, description) ->
                operation.getResponses().putIfAbsent(status, new ApiResponse().description(description)));
        operation.getResponses().forEach((status, response) -> {
            if (status.startsWith("4") || status.startsWith("5")) {
                response.setContent(problemContent());
            } else if (status.equals("304")) {
                response.setContent(null);
            }
        });
    }

    private static Content problemContent() {
        return new Content()
                .addMediaType(
                        "application/problem+json",
                        new MediaType().schema(new Schema<>().$ref("#/components/schemas/" + PROBLEM)));
    }

    /// Schema of a problem document; no code creates instances.
    ///
    /// @param errors present if parameters or the body are not valid
    /// @param reason present in 503 responses of recommendation endpoints
    @io.swagger.v3.oas.annotations.media.Schema(name = PROBLEM, description = "Problem document (RFC 9457).")
    record ProblemDocument(
            @Nullable URI type,

            @io.swagger.v3.oas.annotations.media.Schema(example = "Bad Request")
            String title,

            @io.swagger.v3.oas.annotations.media.Schema(example = "400")
            int status,

            @io.swagger.v3.oas.annotations.media.Schema(example = "limit must be less than or equal to 100")
            String detail,

            @Nullable URI instance,
            @Nullable List<InvalidParameter> errors,

            @io.swagger.v3.oas.annotations.media.Schema(
                    description = "Cause of a 503 response: full queue, missed deadline, or shutdown.",
                    allowableValues = {"queue_full", "deadline", "closing"})
            @Nullable
            String reason) {}
}
