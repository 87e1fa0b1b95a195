package io.diffmm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Holds that the committed TorchScript programs were compiled from the committed `scripts.py`.
///
/// Compiling needs PyTorch, which the build does not; `scripts.py` therefore writes the digests of its own text and of
/// all programs into `programs.sha256`. A failure means: run `scripts.py` again and commit everything it writes.
class TorchScriptProgramsTest {

    private static final Path SOURCE = Path.of("src/main/torchscript/scripts.py");
    private static final Path PROGRAMS = Path.of("src/main/resources/torchscript");

    private static final Pattern RETURN = Pattern.compile(" {8}return [ -~]+(?=\n)");

    static Stream<Path> programs() throws IOException {
        try (Stream<Path> files = Files.list(PROGRAMS)) {
            return files.filter(file -> file.toString().endsWith(".pt")).sorted().toList().stream();
        }
    }

    @Test
    void digests_matchSourceAndPrograms() throws IOException {
        Map<String, String> actual = new TreeMap<>();
        actual.put("scripts.py", digest(SOURCE));
        for (Path program : programs().toList()) {
            actual.put(program.getFileName().toString(), digest(program));
        }

        assertThat(recorded()).isEqualTo(actual);
    }

    @ParameterizedTest
    @MethodSource("programs")
    void program_embedsLinesOfSource(Path program) throws IOException {
        String source = Files.readString(SOURCE);
        try (ZipFile archive = new ZipFile(program.toFile())) {
            String compiled = entry(archive, "/code/__torch__.py");
            String debug = entry(archive, "/code/__torch__.py.debug_pkl");

            assertThat(compiled).contains("def forward(");
            // the source lines that the compiler keeps for error messages are lines of scripts.py
            assertThat(RETURN.matcher(debug).results().map(MatchResult::group))
                    .isNotEmpty()
                    .allSatisfy(statement -> assertThat(source).contains(statement));
        }
    }

    private static Map<String, String> recorded() throws IOException {
        Map<String, String> digests = new TreeMap<>();
        Files.readAllLines(PROGRAMS.resolve("programs.sha256")).stream()
                .map(line -> line.split("  "))
                .forEach(parts -> digests.put(parts[1], parts[0]));
        return digests;
    }

    private static String digest(Path file) throws IOException {
        return DigestUtils.sha256Hex(Files.readAllBytes(file));
    }

    private static String entry(ZipFile archive, String suffix) throws IOException {
        var entry = archive.stream()
                .filter(candidate -> candidate.getName().endsWith(suffix))
                .findFirst()
                .orElseThrow();
        return new String(archive.getInputStream(entry).readAllBytes(), StandardCharsets.ISO_8859_1);
    }
}
