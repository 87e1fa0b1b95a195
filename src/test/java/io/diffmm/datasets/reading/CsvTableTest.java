package io.diffmm.datasets.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.datasets.InvalidDatasetException;
import io.diffmm.datasets.reading.Table.RowRefusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTableTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a,b\n1,2\n3,4\n",
                "a,b\n1,2\n3,4",
                "a,b\r\n1,2\r\n3,4\r\n",
                "a,b\r1,2\r3,4\r",
                "\uFEFFa,b\n1,2\n3,4\n",
                "a,b\n\n1,2\n\n\n3,4\n\n",
                "a,b\r\n\r\n1,2\r\n\r\n3,4",
                "\"a\",b\n\"1\",\"2\"\n3, \"4\" \n",
                "x,b,a\n\"multi\nline\",2,1\n9,4,3\n",
                "a,b,x\n1,2,\"multi\r\nline\"\n3,4,\"multi\rline\"",
            })
    void forEach_everyAllowedForm_givesTheSameRows(String text) throws IOException {
        assertThat(rows(text)).containsExactly(List.of("1", "2"), List.of("3", "4"));
    }

    @Test
    void forEach_quotesCommasAndUnicode_areKept() throws IOException {
        assertThat(rows("a,b\n\"x,\"\"y\"\"\",5\" screen\n \u00e9:3, \uD83D\uDE00\n"))
                .containsExactly(List.of("x,\"y\"", "5\" screen"), List.of(" \u00e9:3", " \uD83D\uDE00"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"it's.csv", "two words.csv", "br[ac].csv", "s*ar?.csv", "\u00fcber.csv", "semi;--.csv"})
    void forEach_anyFileName_isTakenLiterally(String name) throws IOException {
        Path file = Files.writeString(directory.resolve(name), "a,b\n1,2\n");

        assertThat(rows(file)).containsExactly(List.of("1", "2"));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void anyRows_writtenAndRead_areTheSame(long seed) throws IOException {
        var random = new SplittableRandom(seed);
        String end = seed % 2 == 0 ? "\n" : "\r\n";
        List<List<String>> expected = new ArrayList<>();
        StringBuilder text = new StringBuilder("a,b").append(end);
        for (int row = 0; row < 200 * seed; row++) {
            String left = randomValue(random);
            String right = randomValue(random);
            expected.add(List.of(left, right));
            text.append(quoted(left)).append(',').append(quoted(right)).append(end);
            text.append(random.nextInt(10) == 0 ? end : "");
        }

        assertThat(rows(text.toString())).isEqualTo(expected);
    }

    private static String randomValue(SplittableRandom random) {
        String[] parts = {"a", ",", "\"", "\n", "7", ":", "\u00e9", " ", "\uD83D\uDE00", "\r\n"};
        StringBuilder value = new StringBuilder("v");
        for (int part = random.nextInt(5); part > 0; part--) {
            value.append(parts[random.nextInt(parts.length)]);
        }
        return value.toString();
    }

    private static String quoted(String value) {
        return '"' + value.replace("\"", "\"\"") + '"';
    }

    @Test
    void forEach_manyRows_keepTheirOrder() throws IOException {
        StringBuilder text = new StringBuilder("a,b\n");
        for (int row = 0; row < 300_000; row++) {
            text.append(row).append(',').append(row % 7).append('\n');
        }
        Path file = Files.writeString(directory.resolve("many.csv"), text);
        int[] next = {0};

        InputFiles.openTable(file).forEach(List.of("a"), values -> {
            if (!values[0].equals(Integer.toString(next[0]))) {
                throw new RowRefusal("out of order");
            }
            next[0]++;
        });

        assertThat(next[0]).isEqualTo(300_000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a,b~1,2~3~                      | 3 | has 1 values, the header names 2 columns",
                "a,b~1,2,~                       | 2 | has 3 values, the header names 2 columns",
                "a,b~~1,2~~  ~                   | 5 | has 1 values",
                "a,b~'1~x',2~~3~                 | 5 | has 1 values",
                "a,b~1,2~'3'x,4~                 | 3 | text follows a closing quote",
                "a,b~1,2~'3,4~5,6~               | 3 | a quoted value is not closed",
                "a,b~1,2^~3,4~                   | 2 | ends with CRLF, the lines before with LF",
                "a,b^~1,2^~3,4~                  | 3 | ends with LF, the lines before with CRLF",
                "a,b~'1^~x',2~3,4^~              | 4 | ends with CRLF, the lines before with LF",
                "a,b~1,2~~^~3,4~                 | 4 | ends with CRLF, the lines before with LF",
                "a,b^1,2^3,4~                    | 3 | ends with LF, the lines before with CR",
            })
    void forEach_malformedLine_isNamed(String pattern, int line, String cause) throws IOException {
        String text = pattern.strip().replace('~', '\n').replace('\'', '"').replace('^', '\r');
        Path file = Files.writeString(directory.resolve("bad.csv"), text);

        assertThatThrownBy(() -> readAll(file))
                .isInstanceOfSatisfying(
                        InvalidDatasetException.class, e -> assertThat(e.line()).hasValue(line))
                .hasMessageStartingWith("%s, line %d: ".formatted(file, line))
                .hasMessageContaining(cause);
    }

    @Test
    void forEach_notUtf8_namesTheLine() throws IOException {
        String before = "a,b,c\n" + "1,2,3\n".repeat(30_000);
        Path file = Files.write(
                directory.resolve("latin.csv"), (before + "1,2,\u00e9t\u00e9\n").getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> readAll(file))
                .isInstanceOf(InvalidDatasetException.class)
                .hasMessageStartingWith("%s, line 30002: is not UTF-8".formatted(file));
    }

    @Test
    void forEach_rowTooLong_namesItsFirstLine() throws IOException {
        Path file = Files.writeString(directory.resolve("long.csv"), "a,b\n1,2\n3,\"" + "x\n".repeat(300_000));

        assertThatThrownBy(() -> readAll(file))
                .isInstanceOf(InvalidDatasetException.class)
                .hasMessage(file + ", line 3: is longer than 500000 characters; is a quoted value not closed?");
    }

    @Test
    void forEach_errorBeforeMalformedUtf8_isFoundFirst() throws IOException {
        Path file =
                Files.write(directory.resolve("two.csv"), "a,b\n1\n\u00e9,2\n".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> readAll(file)).hasMessageStartingWith(file + ", line 2: has 1 values");
    }

    @Test
    void forEach_oneColumn_takesBlankLinesAsEmptyValues() throws IOException {
        Path file = Files.writeString(directory.resolve("one.csv"), "a\n1\n\n2");
        List<String> values = new ArrayList<>();

        InputFiles.openTable(file).forEach(List.of("a"), row -> values.add(row[0]));

        assertThat(values).containsExactly("1", "", "2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uFEFF", "\uFEFF\n", "\n"})
    void open_noHeader_isRefused(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("none.csv"), text);

        assertThatThrownBy(() -> InputFiles.openTable(file).requireColumn("a", "a"))
                .isInstanceOf(InvalidDatasetException.class)
                .hasMessageStartingWith(file + ", line 1: ");
    }

    @Test
    void forEach_utf8CutOffAtTheEnd_isRefused() throws IOException {
        Path file = Files.write(directory.resolve("cut.csv"), new byte[] {'a', ',', 'b', '\n', '1', ',', (byte) 0xC3});

        assertThatThrownBy(() -> readAll(file)).hasMessageStartingWith(file + ", line 2: is not UTF-8");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a,b~1,2~bad,3~             | 3",
                "a,b~~~1,2~~bad,3~          | 6",
                "a,b~'1~~x',2~bad,3         | 5",
                "a,b^~1,2^~^~bad,3^~        | 4",
                "a,b~bad,'x~y'~1,2~         | 2",
            })
    void forEach_visitorRefuses_namesTheTrueLine(String pattern, int line) throws IOException {
        String text = pattern.strip().replace('~', '\n').replace('\'', '"').replace('^', '\r');
        Path file = Files.writeString(directory.resolve("bad.csv"), text);

        assertThatThrownBy(() -> InputFiles.openTable(file).forEach(List.of("a"), values -> {
                    if (values[0].equals("bad")) {
                        throw new RowRefusal("no good");
                    }
                }))
                .isInstanceOf(InvalidDatasetException.class)
                .hasMessage("%s, line %d: no good".formatted(file, line));
    }

    private static void readAll(Path file) {
        InputFiles.openTable(file).forEach(List.of("a"), _ -> {});
    }

    private List<List<String>> rows(String text) throws IOException {
        return rows(Files.writeString(directory.resolve("table.csv"), text));
    }

    private static List<List<String>> rows(Path file) {
        List<List<String>> rows = new ArrayList<>();
        InputFiles.openTable(file).forEach(List.of("a", "b"), values -> rows.add(List.of(values.clone())));
        return rows;
    }
}
