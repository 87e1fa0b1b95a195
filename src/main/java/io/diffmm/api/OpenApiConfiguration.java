package io.diffmm.api;

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

/// The description of the API at `/v3/api-docs`.
@Configuration(proxyBeanMethods = false)
class OpenApiConfiguration {

    private static final String PROBLEM = "Problem";

    /// Problems that any operation may answer with.
    private static final Map<String, String> COMMON_PROBLEMS = Map.of(
            "400", "A parameter or the body is not valid; `errors` names it.",
            "406", "The answer is JSON, which the request does not accept.",
            "500", "A fault of the service; its log says more.",
            "503",
                    "Too many requests are waiting, or the answer took too long; `reason` says which. `Retry-After`"
                            + " says when to ask again.");

    @Bean
    OpenAPI openApi() {
        String version = Optional.ofNullable(getClass().getPackage().getImplementationVersion())
                .orElse("development");
        return new OpenAPI()
                .components(new Components())
                .info(new Info()
                        .title("DiffMM Server")
                        .version(version)
                        .description("Recommendations from diffusion models, computed from a history when asked."
                                + " Bodies are compressed where `Accept-Encoding` allows gzip."
                                + " Everything that goes wrong is answered with a problem document (RFC 9457).")
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

    /// A problem document as it is written; only described here.
    ///
    /// @param errors present if parameters are at fault
    /// @param reason present if there is no answer now
    @io.swagger.v3.oas.annotations.media.Schema(name = PROBLEM, description = "A problem document (RFC 9457).")
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
                    description = "Why there is no answer now.",
                    allowableValues = {"queue_full", "deadline", "closing"})
            @Nullable
            String reason) {}
}
