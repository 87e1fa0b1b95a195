package io.diffmm.chart;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.RecordComponent;
import java.net.URL;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.json.JsonMapper;

/// Configuration properties of the server and of the Spring Boot modules in it.
final class KnownProperties {

    private static final String METADATA = "META-INF/spring-configuration-metadata.json";

    private static final Set<String> ALL = Stream.of(ofTheProgram(), ofItsEndpoints(), ofSpringBoot())
            .flatMap(names -> names)
            .collect(Collectors.toCollection(TreeSet::new));

    private KnownProperties() {}

    static boolean contains(String property) {
        return ALL.contains(property);
    }

    /// Returns whether an environment variable is bound to one of the properties.
    static boolean containsVariable(String variable) {
        return ALL.stream().flatMap(KnownProperties::variables).anyMatch(variable::equals);
    }

    /// Returns the environment variables of a property: the canonical form, and the legacy form with underscores for
    /// dashes.
    private static Stream<String> variables(String property) {
        String upper = property.toUpperCase(Locale.ROOT).replace('.', '_');
        return Stream.of(upper.replace("-", ""), upper.replace('-', '_'));
    }

    private static Stream<String> ofTheProgram() {
        return annotated(ConfigurationProperties.class)
                .filter(Class::isRecord)
                .flatMap(type -> components(prefix(type), type));
    }

    /// Returns the access properties of endpoints, which the metadata of Spring Boot does not contain.
    private static Stream<String> ofItsEndpoints() {
        return annotated(Endpoint.class)
                .map(type -> Objects.requireNonNull(type.getAnnotation(Endpoint.class)))
                .map(endpoint -> "management.endpoint.%s.access".formatted(endpoint.id()));
    }

    private static Stream<Class<?>> annotated(Class<? extends Annotation> annotation) {
        var scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AnnotationTypeFilter(annotation));
        return scanner.findCandidateComponents("io.diffmm").stream()
                .map(found -> ClassUtils.resolveClassName(String.valueOf(found.getBeanClassName()), null));
    }

    private static String prefix(Class<?> type) {
        return Objects.requireNonNull(AnnotatedElementUtils.findMergedAnnotation(type, ConfigurationProperties.class))
                .prefix();
    }

    private static Stream<String> components(String prefix, Class<?> type) {
        return Arrays.stream(type.getRecordComponents()).flatMap(component -> component(prefix, component));
    }

    private static Stream<String> component(String prefix, RecordComponent component) {
        String name = "%s.%s".formatted(prefix, DataObjectPropertyName.toDashedForm(component.getName()));
        return component.getType().isRecord() ? components(name, component.getType()) : Stream.of(name);
    }

    private static Stream<String> ofSpringBoot() {
        try {
            List<URL> files =
                    Collections.list(KnownProperties.class.getClassLoader().getResources(METADATA));
            return files.stream().flatMap(KnownProperties::names);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> names(URL metadata) {
        try (InputStream stream = metadata.openStream()) {
            return JsonMapper.shared()
                    .readTree(stream)
                    .path("properties")
                    .valueStream()
                    .map(property -> property.path("name").stringValue());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
