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

/// Helm chart of the repository, rendered as by `helm template`. Renderings are cached by values.
final class Chart {

    static final Path DIRECTORY = Path.of("helm/diffmm-server");

    /// Directory of the value sets, which are example values of the chart.
    static final Path VALUE_SETS = DIRECTORY.resolve("ci");

    static final String RELEASE = "films";
    static final String NAMESPACE = "recommendations";

    private static final String KUBERNETES = "1.33.0";
    private static final Path COPY = copyWithoutHooks();
    private static final Map<String, Rendering> RENDERED = new ConcurrentHashMap<>();

    private Chart() {}

    /// Returns the file names of the value sets; the first line of each file describes it.
    static List<String> valueSets() {
        try (Stream<Path> files = Files.list(VALUE_SETS)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Returns the chart rendered with a value set.
    static Rendering of(String valueSet) {
        return with(values(valueSet));
    }

    static String values(String valueSet) {
        return read(VALUE_SETS.resolve(valueSet));
    }

    /// Returns the chart rendered with values in YAML; an empty string renders the default values.
    static Rendering with(String values) {
        return RENDERED.computeIfAbsent(values, given -> Rendering.of(text(COPY, RELEASE, NAMESPACE, given)));
    }

    /// Returns the chart rendered with another release name and namespace.
    static Rendering as(String release, String namespace, String values) {
        return Rendering.of(text(COPY, release, namespace, values));
    }

    /// Returns the notes that Helm prints after an installation. The library does not return them, so a copy of the
    /// chart renders them as an object.
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

    /// Returns the message with which the chart rejects values in YAML.
    static String refusal(String values) {
        Throwable refusal = Objects.requireNonNull(
                catchThrowable(() -> text(COPY, RELEASE, NAMESPACE, values)),
                () -> "the chart accepts these values:\n" + values);
        return Objects.requireNonNull(refusal.getMessage());
    }

    /// Returns the findings of `helm lint --strict` for the chart with `values` as its default values.
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

    /// Copies the chart without hook annotations, because the library does not render hooks. Each process has its own
    /// copy, because tests run in several processes.
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
