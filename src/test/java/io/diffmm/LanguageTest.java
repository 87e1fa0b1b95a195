package io.diffmm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Language rules for the files of this repository.
///
/// 1. The first sentence of a doc comment is a noun phrase or a third-person verb, not a question word or "That".
/// 2. Texts name the actor (client, operator, caller, replica) instead of an indefinite pronoun. The rule applies to
///    comments and literals of Java files, and to all of every other text file.
///
/// This file, which contains the words, is the only exception.
class LanguageTest {

    private static final Pattern QUESTION_WORD =
            Pattern.compile("[*_\"(]*(What|How|Which|Where|Whether|Who|Whose|Why|When|That)(?![\\w-]).*");

    private static final Pattern INDEFINITE_PRONOUN = Pattern.compile(
            "\\b(somebody|nobody|everybody|whoever|someone|anybody|anyone|everyone|whom)\\b", Pattern.CASE_INSENSITIVE);

    private static final Path JAVA = Path.of("src");
    private static final Path DOCUMENTATION = Path.of("docs");
    private static final List<Path> TEXTS = Stream.of(
                    "src/main/resources", "helm", "k8s", "benchmarks", "deploy", ".ci", ".github")
            .map(Path::of)
            .toList();
    private static final Pattern ROOT_FILE = Pattern.compile(".*\\.md|.*\\.ya?ml|pom\\.xml|Dockerfile.*");
    private static final Path SELF = Path.of("src/test/java/io/diffmm/LanguageTest.java");

    /// Kind of a passage in a Java file.
    private enum Kind {
        DOC_COMMENT,
        COMMENT,
        LITERAL
    }

    /// Comment or literal of a Java file.
    ///
    /// @param line number of its first line, starting at 1
    private record Passage(Kind kind, int line, String text) {}

    /// Violation of a rule.
    private record Offence(int line, String text) {

        String at(Path file) {
            return "%s:%d: %s".formatted(file, line, text.strip());
        }
    }

    @Test
    void docComments_firstSentence_isANounPhraseOrAVerb() throws IOException {
        assertThat(report(javaFiles(), LanguageTest::questions)).isEmpty();
    }

    @Test
    void texts_nameTheActor() throws IOException {
        Stream<Path> files = Stream.concat(javaFiles(), textFiles());

        assertThat(report(files, LanguageTest::pronouns)).isEmpty();
    }

    /// Without files, the rules would hold for no reason.
    @Test
    void files_areFound() throws IOException {
        assertThat(javaFiles())
                .hasSizeGreaterThan(200)
                .contains(Path.of("src/main/java/io/diffmm/DiffMmServer.java"))
                .contains(Path.of("src/test/java/io/diffmm/ArchitectureTest.java"))
                .doesNotContain(SELF);
        assertThat(textFiles())
                .contains(Path.of("README.md"), Path.of("CHANGELOG.md"), Path.of("docs/training.md"))
                .contains(Path.of("Dockerfile"), Path.of("docker-compose.yml"), Path.of(".ci/run"))
                .contains(Path.of("helm/diffmm-server/values.yaml"), Path.of("deploy/compose/prometheus.yml"))
                .contains(Path.of("benchmarks/load.sh"), Path.of("src/main/resources/application.yaml"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"What", "How", "Which", "Where", "Whether", "Who", "Whose", "Why", "When", "That"})
    void docComment_beginningWithAQuestionWord_isAnOffence(String word) {
        String source = """
                package a;

                /// %s a test contains.
                class A {
                    /** %1$s a field contains. */
                    int b;

                    ///
                    /// %1$s, on the second line
                    void c() {}
                }
                """.formatted(word);

        assertThat(questions("A.java", source)).extracting(Offence::line).containsExactly(3, 5, 9);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/// Whatever.",
                "/// How-to guides.",
                "/// Size.\n    /// What is more, a second sentence.",
                "// What a plain comment says",
                "String a = \"/// What a literal says\";",
                "String a = \"\"\"\n    /// What a text block says\n    \"\"\";",
                "char a = '\"'; /// Quotes.\n    char b = '\"';",
            })
    void otherPassages_areNoOffences(String line) {
        assertThat(questions("A.java", "class A {\n    %s\n}\n".formatted(line)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "somebody",
                "nobody",
                "everybody",
                "whoever",
                "someone",
                "anybody",
                "anyone",
                "everyone",
                "whom",
                "Nobody",
                "somebody's",
                "user-nobody"
            })
    void pronoun_inATextOrAPassage_isAnOffence(String word) {
        String source = """
                /// First line,
                /// %s.
                class A {
                    /* a block
                     * of %1$s */
                    String b = "escaped \\" %1$s"; // %1$s
                    String c = \"\"\"
                        one line
                        %1$s
                        \"\"\";
                }
                """.formatted(word);

        assertThat(pronouns("A.java", source)).extracting(Offence::line).containsExactly(2, 5, 6, 6, 9);
        assertThat(pronouns("a.yaml", "a: 1\n# for %s\n".formatted(word)))
                .extracting(Offence::line)
                .containsExactly(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"int nobody;", "char a = '\"'; int nobody; char b = '\"';", "// body, some_nobody"})
    void identifiers_areNoOffences(String line) {
        assertThat(pronouns("A.java", "class A {\n    %s\n}\n".formatted(line))).isEmpty();
    }

    /// Returns all offences in the files, one per line.
    private static String report(Stream<Path> files, BiFunction<String, String, List<Offence>> rule) {
        return files.sorted()
                .flatMap(file -> read(file).map(text -> rule.apply(file.toString(), text)).stream()
                        .flatMap(List::stream)
                        .map(offence -> offence.at(file)))
                .collect(Collectors.joining("\n"));
    }

    private static List<Offence> questions(String name, String text) {
        return passages(name, text).stream()
                .filter(passage -> passage.kind() == Kind.DOC_COMMENT)
                .flatMap(passage -> lines(passage)
                        .filter(line -> !content(line).isEmpty())
                        .limit(1)
                        .filter(line -> QUESTION_WORD.matcher(content(line)).matches()))
                .toList();
    }

    private static List<Offence> pronouns(String name, String text) {
        return passages(name, text).stream()
                .flatMap(LanguageTest::lines)
                .filter(line -> INDEFINITE_PRONOUN.matcher(line.text()).find())
                .toList();
    }

    /// Returns a line of a doc comment without its comment characters.
    private static String content(Offence line) {
        return line.text().strip().replaceFirst("^(///|/\\*\\*|\\*/|\\*)", "").strip();
    }

    private static Stream<Offence> lines(Passage passage) {
        String[] lines = passage.text().split("\n", -1);
        return IntStream.range(0, lines.length).mapToObj(at -> new Offence(passage.line() + at, lines[at]));
    }

    private static List<Passage> passages(String name, String text) {
        return name.endsWith(".java") ? new JavaSource(text).passages() : List.of(new Passage(Kind.COMMENT, 1, text));
    }

    /// Returns the content of a text file, or empty for a binary file.
    private static Optional<String> read(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return Optional.of(text).filter(content -> content.indexOf('\0') < 0);
        } catch (CharacterCodingException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Path> javaFiles() throws IOException {
        return tree(JAVA).filter(file -> file.toString().endsWith(".java")).filter(file -> !file.equals(SELF));
    }

    private static Stream<Path> textFiles() throws IOException {
        List<Path> files = new ArrayList<>();
        tree(DOCUMENTATION).filter(file -> file.toString().endsWith(".md")).forEach(files::add);
        for (Path directory : TEXTS) {
            tree(directory).forEach(files::add);
        }
        try (Stream<Path> root = Files.list(Path.of(""))) {
            root.filter(file -> ROOT_FILE.matcher(file.toString()).matches()).forEach(files::add);
        }
        return files.stream();
    }

    /// Returns all files of a directory; none if it does not exist.
    private static Stream<Path> tree(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return Stream.empty();
        }
        try (Stream<Path> tree = Files.walk(directory)) {
            return tree.filter(Files::isRegularFile).toList().stream();
        }
    }

    /// Scanner for the comments and literals of a Java file.
    private static final class JavaSource {

        private static final String TEXT_BLOCK = "\"\"\"";

        private final String text;
        private final List<Passage> passages = new ArrayList<>();
        private int position;

        JavaSource(String text) {
            this.text = text;
        }

        List<Passage> passages() {
            while (position < text.length()) {
                if (isAt("///")) {
                    add(Kind.DOC_COMMENT, endOfDocComment());
                } else if (isAt("//")) {
                    add(Kind.COMMENT, endOfLine(position));
                } else if (isAt("/*")) {
                    add(isAt("/**") ? Kind.DOC_COMMENT : Kind.COMMENT, endOfBlockComment());
                } else if (isAt(TEXT_BLOCK)) {
                    add(Kind.LITERAL, endOfLiteral(TEXT_BLOCK));
                } else if (isAt("\"")) {
                    add(Kind.LITERAL, endOfLiteral("\""));
                } else {
                    position = isAt("'") ? endOfLiteral("'") : position + 1;
                }
            }
            return passages;
        }

        private boolean isAt(String token) {
            return text.startsWith(token, position);
        }

        private void add(Kind kind, int end) {
            int line = 1
                    + (int) text.substring(0, position)
                            .chars()
                            .filter(c -> c == '\n')
                            .count();
            passages.add(new Passage(kind, line, text.substring(position, end)));
            position = end;
        }

        private int endOfLine(int start) {
            int end = text.indexOf('\n', start);
            return end < 0 ? text.length() : end;
        }

        private int endOfDocComment() {
            int end = endOfLine(position);
            while (end < text.length()
                    && text.substring(end + 1, endOfLine(end + 1)).strip().startsWith("///")) {
                end = endOfLine(end + 1);
            }
            return end;
        }

        private int endOfBlockComment() {
            int end = text.indexOf("*/", position + 2);
            return end < 0 ? text.length() : end + 2;
        }

        private int endOfLiteral(String quote) {
            int end = position + quote.length();
            while (end < text.length() && !text.startsWith(quote, end)) {
                end += text.charAt(end) == '\\' ? 2 : 1;
            }
            return Math.min(text.length(), end + quote.length());
        }
    }
}
