package io.diffmm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The image for GPUs, whose base image the tests cannot obtain, contains what the tested image for CPUs contains.
class DockerfileTest {

    private static final Pattern STAGE = Pattern.compile("FROM (\\S+)(?: AS (\\S+))?");
    private static final Pattern GPU_IMAGE =
            Pattern.compile("ARG GPU_IMAGE=pytorch/pytorch:(\\d+\\.\\d+\\.\\d+)-cuda(\\d+)\\.(\\d+)-cudnn\\d+-runtime");

    /// Instructions by stage, each on one line, without the stage's `FROM`; those before the first stage under "".
    private static final Map<String, List<String>> STAGES = new LinkedHashMap<>();

    @BeforeAll
    static void parse() throws IOException {
        String text = Files.readString(Path.of("Dockerfile"))
                .replaceAll("(?m)^#.*\n", "")
                .replaceAll("\\s*\\\\\n\\s*", " ");
        List<String> stage = new ArrayList<>();
        STAGES.put("", stage);
        for (String line : text.lines().filter(line -> !line.isBlank()).toList()) {
            Matcher from = STAGE.matcher(line);
            if (from.matches()) {
                stage = new ArrayList<>();
                STAGES.put(Objects.requireNonNullElse(from.group(2), "default"), stage);
            } else {
                stage.add(line);
            }
        }
    }

    private static List<String> stage(String name) {
        return Objects.requireNonNull(STAGES.get(name), () -> "no stage " + name);
    }

    @Test
    void stages_areFound() {
        assertThat(STAGES).containsKeys("", "jar", "parts", "app", "recorded", "cpu", "gpu", "default");
        assertThat(stage("app")).hasSizeGreaterThan(10);
        assertThat(stage("cpu")).hasSize(1);
    }

    /// The engine's library comes from the base image instead of the jar; the AOT cache is that of the image for CPUs.
    @Test
    void gpu_repeatsApp_exceptForTheEngine() {
        List<String> expected = new ArrayList<>();
        expected.add("USER root");
        expected.add(
                "RUN mkdir /app && ln -s \"$(python -c 'import torch; print(torch.__path__[0])')/lib\" /app/libtorch");
        for (String instruction : stage("app")) {
            if (instruction.startsWith("ENV ")) {
                expected.addAll(stage("cpu"));
            }
            if (!instruction.equals("COPY --from=parts /parts/libtorch /")) {
                expected.add(instruction.replace("PYTORCH_FLAVOR=cpu", "PYTORCH_FLAVOR=cu128"));
            }
        }

        assertThat(stage("gpu")).containsExactlyElementsOf(expected);
    }

    @Test
    void gpu_hasTheVersionsOfItsBaseImage() {
        Matcher image = stage("").stream()
                .map(GPU_IMAGE::matcher)
                .filter(Matcher::matches)
                .findFirst()
                .orElseThrow();

        assertThat(stage("gpu"))
                .anySatisfy(instruction -> assertThat(instruction)
                        .startsWith("ENV ")
                        .contains("PYTORCH_VERSION=%s PYTORCH_FLAVOR=cu%s%s "
                                .formatted(image.group(1), image.group(2), image.group(3))));
    }
}
