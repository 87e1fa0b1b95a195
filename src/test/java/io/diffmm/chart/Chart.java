package io.diffmm.chart;

import static org.assertj.core.api.Assertions.catchThrowable;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/// The Helm chart, rendered as `helm template` does. What was rendered once is not rendered again.
final class Chart {

    static final Path DIRECTORY = Path.of("helm/diffmm-server");

    /// The sets of values that lie beside the chart.
    static final Path VALUE_SETS = DIRECTORY.resolve("ci");

    static final String RELEASE = "films";
    static final String NAMESPACE = "recommendations";

    private static final String KUBERNETES = "1.33.0";
    private static final Path COPY = copyWithoutHooks();
    private static final Map<String, Rendering> RENDERED = new ConcurrentHashMap<>();

    private Chart() {}

    /// Names of the value sets; each is a file that says in its first line what it stands for.
    static List<String> valueSets() {
        try (Stream<Path> files = Files.list(VALUE_SETS)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The chart with the values of a set.
    static Rendering of(String valueSet) {
        return with(values(valueSet));
    }

    static String values(String valueSet) {
        return read(VALUE_SETS.resolve(valueSet));
    }

    /// The chart with values given as YAML; empty for its own.
    static Rendering with(String values) {
        return RENDERED.computeIfAbsent(values, given -> Rendering.of(text(COPY, RELEASE, NAMESPACE, given)));
    }

    /// The chart under another name of a release, in another namespace.
    static Rendering as(String release, String namespace, String values) {
        return Rendering.of(text(COPY, release, namespace, values));
    }

    /// What Helm says after an installation. The library keeps it to itself, so a copy of the chart renders it as an
    /// object.
    static String notes(Path temporary, String values) {
        Path copy = temporary.resolve("notes");
        copy(copy);
        String notes = read(copy.resolve("templates/NOTES.txt"));
        write(copy.resolve("templates/_notes.tpl"), "{{ define \"notes\" }}%s{{ end }}".formatted(notes));
        write(copy.resolve("templates/notes.yaml"), "kind: Notes\ntext: {{ include \"notes\" . | toJson }}\n");
        return Yaml.documents(text(copy, RELEASE, NAMESPACE, values)).stream()
                .filter(object -> "Notes".equals(object.get("kind")))
                .map(object -> String.valueOf(object.get("text")))
                .findFirst()
                .orElseThrow();
    }

    /// Why the chart refuses values given as YAML.
    static String refusal(String values) {
        Throwable refusal = Objects.requireNonNull(
                catchThrowable(() -> text(COPY, RELEASE, NAMESPACE, values)),
                () -> "the chart takes these values:\n" + values);
        return Objects.requireNonNull(refusal.getMessage());
    }

    /// What `helm lint --strict` has against the chart where `values` are its own.
    static List<String> lint(Path temporary, String values) {
        Path copy = temporary.resolve(DIRECTORY.getFileName());
        copy(copy);
        Map<String, Object> own = Yaml.object(read(DIRECTORY.resolve("values.yaml")));
        write(copy.resolve("values.yaml"), Yaml.write(Yaml.merge(own, Yaml.object(values))));
        LintResult result = new Helm(copy).lint().strict().quiet().call();
        return result.isFailed() ? result.getMessages() : List.of();
    }

    private static String text(Path chart, String release, String namespace, String values) {
        try {
            Path file = Files.createTempFile("values", ".yaml");
            try {
                Files.writeString(file, values);
                return new Helm(chart)
                        .template()
                        .withName(release)
                        .withNamespace(namespace)
                        .withKubeVersion(KUBERNETES)
                        .withValuesFile(file)
                        .call();
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The library leaves hooks out of what it renders; without the annotations that make them hooks they are there.
    /// Each process has a copy of its own: tests run in several at a time.
    private static Path copyWithoutHooks() {
        try {
            Path copies = Files.createDirectories(Path.of("target/helm"));
            Path own = Files.createTempDirectory(copies, "chart");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> FileSystemUtils.deleteRecursively(own.toFile())));
            Path target = own.resolve("diffmm-server");
            copy(target);
            for (Path test : files(target.resolve("templates/tests"))) {
                write(test, read(test).replaceAll("(?m)^ *helm\\.sh/hook.*\\R", ""));
            }
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path target) {
        try {
            for (Path file : files(DIRECTORY)) {
                Path copied = target.resolve(DIRECTORY.relativize(file));
                Files.createDirectories(Objects.requireNonNull(copied.getParent()));
                Files.copy(file, copied);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
