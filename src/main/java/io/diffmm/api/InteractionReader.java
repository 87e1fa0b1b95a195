package io.diffmm.api;

import io.diffmm.api.InteractionBody.ImportLine;
import io.diffmm.api.InvalidParameterException.InvalidParameter;
import io.diffmm.interactions.Interaction;
import io.diffmm.interactions.Interaction.UserInteraction;
import io.diffmm.interactions.InteractionRules;
import io.diffmm.interactions.InteractionRules.Violation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/// Parses interactions from JSON. Rejects unknown fields, because a misspelt field would be lost without notice.
@Component
class InteractionReader {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    texts -> texts.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .build();

    private static final String FORM =
            "must be JSON: {\"itemId\": \"...\"}, with timestamp, weight and recommendationId if wanted, or an array of such objects";

    private final InteractionRules rules;
    private final int maxInteractions;

    InteractionReader(InteractionRules rules, ApiProperties limits) {
        this.rules = rules;
        this.maxInteractions = limits.maxInteractions();
    }

    /// Parses a body with one interaction or an array of interactions.
    ///
    /// Interactions without a timestamp get the current time plus one microsecond per position, which keeps their
    /// order.
    ///
    /// @throws InvalidParameterException with all violations
    List<Interaction> read(byte[] body) {
        JsonNode tree = tree(body);
        List<JsonNode> nodes = tree.isArray() ? List.copyOf(tree.values()) : List.of(tree);
        if (nodes.size() > maxInteractions) {
            throw new InvalidParameterException(
                    "body", "has %d interactions, at most %d are allowed".formatted(nodes.size(), maxInteractions));
        }
        Instant now = rules.now();
        List<Interaction> interactions = new ArrayList<>(nodes.size());
        List<InvalidParameter> errors = new ArrayList<>(0);
        for (int at = 0; at < nodes.size(); at++) {
            List<Violation> violations = new ArrayList<>(0);
            InteractionBody interaction = interaction(nodes.get(at), tree.isArray() ? "[%d]".formatted(at) : "body");
            interaction.read(rules, now.plusNanos(1_000L * at), violations).ifPresent(interactions::add);
            String prefix = tree.isArray() ? "[%d].".formatted(at) : "";
            violations.forEach(
                    violation -> errors.add(new InvalidParameter(prefix + violation.field(), violation.message())));
        }
        if (!errors.isEmpty()) {
            throw new InvalidParameterException(errors);
        }
        return interactions;
    }

    private static JsonNode tree(byte[] body) {
        try {
            JsonNode tree = JSON.readTree(body);
            if (tree.isArray() || tree.isObject()) {
                return tree;
            }
        } catch (JacksonException _) {
            // reported below
        }
        throw new InvalidParameterException("body", FORM);
    }

    private static InteractionBody interaction(JsonNode node, String place) {
        if (!node.isObject()) {
            throw new InvalidParameterException(place, FORM);
        }
        try {
            return JSON.treeToValue(node, InteractionBody.class);
        } catch (JacksonException e) {
            throw new InvalidParameterException(place, "%s (%s)".formatted(FORM, reason(e)));
        }
    }

    /// Parses a line of a bulk import.
    ///
    /// @throws InvalidParameterException with all violations
    UserInteraction line(byte[] bytes, int length) {
        ImportLine line = parsed(bytes, length);
        List<Violation> violations = new ArrayList<>(0);
        String user = line.userId();
        if (user == null) {
            violations.add(new Violation("userId", "must be there"));
        } else {
            InteractionRules.id("userId", user, InteractionRules.MAX_ID_LENGTH).ifPresent(violations::add);
        }
        var interaction = line.interaction().read(rules, rules.now(), violations);
        if (user == null || interaction.isEmpty() || !violations.isEmpty()) {
            throw new InvalidParameterException(violations.stream()
                    .map(violation -> new InvalidParameter(violation.field(), violation.message()))
                    .toList());
        }
        return new UserInteraction(user, interaction.get());
    }

    private static ImportLine parsed(byte[] bytes, int length) {
        try {
            ImportLine line = JSON.readValue(bytes, 0, length, ImportLine.class);
            return Optional.ofNullable(line).orElseThrow(() -> malformedLine("it is null"));
        } catch (JacksonException e) {
            throw malformedLine(reason(e));
        }
    }

    private static InvalidParameterException malformedLine(String reason) {
        return new InvalidParameterException(
                "line", "must be JSON: {\"userId\": \"...\", \"itemId\": \"...\"} (%s)".formatted(reason));
    }

    /// Describes a parse error without the parser's message, which names Java classes.
    private static String reason(JacksonException e) {
        String path = e.getPath().stream()
                .map(JacksonException.Reference::getPropertyName)
                .filter(name -> name != null)
                .reduce((first, second) -> second)
                .orElse("");
        return path.isEmpty() ? "it cannot be parsed" : "'%s' is unknown or has the wrong type".formatted(path);
    }
}
