package io.diffmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.JavaPassages.Kind;
import io.diffmm.JavaPassages.Passage;
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
/// There are two exceptions: this file, which contains the words, and the literals of [#DEMO_TITLES], which are data in
/// everyday English.
class LanguageTest {

    private static final Pattern QUESTION_WORD =
            Pattern.compile("[*_\"(]*(What|How|Which|Where|Whether|Who|Whose|Why|When|That)(?![\\w-]).*");

    private static final Pattern INDEFINITE_PRONOUN = Pattern.compile(
            "\\b(somebody|nobody|everybody|whoever|someone|anybody|anyone|everyone|whom)\\b", Pattern.CASE_INSENSITIVE);

    private static final Path JAVA = Path.of("src");

    /// Directories whose Markdown files are checked.
    private static final List<Path> DOCUMENTATION = paths("docs", "model-artifacts");

    /// Directories whose text files of any type are checked.
    private static final List<Path> TEXTS = paths(
            "src/main/resources",
            "src/main/torchscript",
            "src/test/resources",
            "helm",
            "k8s",
            "benchmarks",
            "deploy",
            ".ci",
            ".github",
            ".mvn");

    private static final Pattern ROOT_FILE = Pattern.compile(
            ".*\\.md|.*\\.ya?ml|pom\\.xml|Dockerfile.*|justfile|\\.editorconfig|\\.gitignore|\\.dockerignore");
    private static final Path SELF = Path.of("src/test/java/io/diffmm/LanguageTest.java");

    /// Titles of the demo dataset. They must not change, because the same seed must generate the same files.
    private static final Path DEMO_TITLES = Path.of("src/main/java/io/diffmm/demo/DemoTitles.java");

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
                .contains(Path.of("README.md"), Path.of("CHANGELOG.md"), Path.of("CONTRIBUTING.md"))
                .contains(Path.of("SECURITY.md"), Path.of("docs/training.md"), Path.of("docs/runbook/README.md"))
                .contains(Path.of("Dockerfile"), Path.of("docker-compose.yml"), Path.of(".ci/run"))
                .contains(Path.of("helm/diffmm-server/values.yaml"), Path.of("deploy/compose/prometheus.yml"))
                .contains(Path.of("k8s/README.md"), Path.of(".github/PULL_REQUEST_TEMPLATE.md"))
                .contains(Path.of("benchmarks/load.sh"), Path.of("src/main/resources/application.yaml"))
                .contains(Path.of("src/main/torchscript/scripts.py"), Path.of("model-artifacts/README.md"));
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

    @Test
    void literals_ofDemoTitlesOnly_areNoOffences() {
        String source = "/// nobody\nclass A {\n    String a = \"nobody\";\n}\n";

        assertThat(pronouns(DEMO_TITLES.toString(), source))
                .extracting(Offence::line)
                .containsExactly(1);
        assertThat(pronouns("A.java", source)).extracting(Offence::line).containsExactly(1, 3);
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
        boolean demoTitles = name.equals(DEMO_TITLES.toString());
        return passages(name, text).stream()
                .filter(passage -> !demoTitles || passage.kind() != Kind.LITERAL)
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
        return name.endsWith(".java") ? new JavaPassages(text).passages() : List.of(new Passage(Kind.COMMENT, 1, text));
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
        for (Path directory : DOCUMENTATION) {
            tree(directory).filter(file -> file.toString().endsWith(".md")).forEach(files::add);
        }
        for (Path directory : TEXTS) {
            tree(directory).forEach(files::add);
        }
        try (Stream<Path> root = Files.list(Path.of(""))) {
            root.filter(file -> ROOT_FILE.matcher(file.toString()).matches()).forEach(files::add);
        }
        return files.stream();
    }

    private static List<Path> paths(String... names) {
        return Stream.of(names).map(Path::of).toList();
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
}
