package io.diffmm.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LineReaderTest {

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void next_anyText_givesItsLines(long seed) throws IOException {
        var random = new SplittableRandom(seed);
        int longest = 1 + random.nextInt(20);
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(500);
        for (int at = 0; at < length; at++) {
            text.append(random.nextInt(8) == 0 ? "\n" : "a");
        }
        List<String> expected = text.isEmpty()
                ? List.of()
                : new ArrayList<>(List.of(text.toString().split("\n", -1)));
        if (text.toString().endsWith("\n")) {
            expected.removeLast();
        }

        List<String> lines = new ArrayList<>();
        var reader = new LineReader(trickling(text.toString(), random), longest);
        while (reader.next()) {
            String line = line(reader);
            lines.add(line);
            assertThat(reader.tooLong())
                    .isEqualTo(expected.get(lines.size() - 1).length() > longest);
        }

        assertThat(lines)
                .isEqualTo(expected.stream()
                        .map(line -> line.substring(0, Math.min(longest, line.length())))
                        .toList());
    }

    @Test
    void next_windowsLines_loseTheirReturn() throws IOException {
        var reader = new LineReader(new ByteArrayInputStream("a\r\n \t\r\nb".getBytes(StandardCharsets.UTF_8)), 10);

        assertThat(reader.next()).isTrue();
        assertThat(line(reader)).isEqualTo("a");
        assertThat(reader.next()).isTrue();
        assertThat(reader.isBlank()).isTrue();
        assertThat(reader.next()).isTrue();
        assertThat(line(reader)).isEqualTo("b");
        assertThat(reader.isBlank()).isFalse();
        assertThat(reader.next()).isFalse();
    }

    @Test
    void next_lineOfTheGreatestLength_isTaken_alsoWithAReturn() throws IOException {
        var reader =
                new LineReader(new ByteArrayInputStream("abc\r\nabc\nabcd\r\n".getBytes(StandardCharsets.UTF_8)), 3);

        assertThat(reader.next()).isTrue();
        assertThat(reader.tooLong()).isFalse();
        assertThat(reader.next()).isTrue();
        assertThat(reader.tooLong()).isFalse();
        assertThat(reader.next()).isTrue();
        assertThat(reader.tooLong()).isTrue();
    }

    private static String line(LineReader reader) {
        return new String(reader.bytes(), 0, reader.length(), StandardCharsets.UTF_8);
    }

    /// Returns a stream whose reads return a few bytes each.
    private static InputStream trickling(String text, SplittableRandom random) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read(byte[] bytes, int offset, int length) {
                return super.read(bytes, offset, Math.min(length, 1 + random.nextInt(30)));
            }
        };
    }
}
