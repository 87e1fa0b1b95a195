package io.diffmm.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.artifacts.Artifact.ArtifactContents;
import io.diffmm.artifacts.Manifest.DatasetDescription;
import io.diffmm.artifacts.Manifest.FileEntry;
import io.diffmm.datasets.InteractionTimes;
import io.diffmm.datasets.reading.NpyFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArtifactReaderTest {

    @TempDir
    private Path root;

    private Path version;

    @BeforeEach
    void publish() {
        version = new ArtifactStore(root).publish(Drafts.named("demo"));
    }

    @Test
    void open_published_equalsTheDraft() throws IOException {
        Artifact artifact = ArtifactReader.open(version);

        ArtifactContents expected = Drafts.contents();
        assertThat(artifact.contents().users().ids()).isEqualTo(expected.users().ids());
        assertThat(artifact.contents().items().items())
                .isEqualTo(expected.items().items());
        assertThat(artifact.contents().histories().items()).containsExactly(2, 0, 1);
        assertThat(artifact.contents().histories().offsets()).containsExactly(0, 2, 3);
        InteractionTimes times = artifact.contents().times().orElseThrow();
        assertThat(times.row(0)).containsExactly(-5, 1_700_000_000_000_001L);
        assertThat(times.row(1)).containsExactly(0);
        assertThat(artifact.contents().probes()).isEqualTo(expected.probes());
        assertThat(Files.readAllBytes(artifact.weights())).isEqualTo(Drafts.WEIGHTS);
        Manifest manifest = artifact.manifest();
        assertThat(manifest.settings())
                .isEqualTo(Drafts.named("demo").model().first().settings());
        assertThat(manifest.metrics()).isEqualTo(Drafts.named("demo").metrics());
        assertThat(manifest.dataset()).isEqualTo(new DatasetDescription("abc", 2, 3, 3));
        assertThat(manifest.version()).isEqualTo(version.getFileName().toString());
    }

    @Test
    void manifest_hasItsFieldsInTheDocumentedOrder() throws IOException {
        String json = Files.readString(version.resolve("manifest.json"));

        assertThat(json)
                .containsSubsequence(
                        "\"formatVersion\" : 1",
                        "\"name\" : \"demo\"",
                        "\"version\"",
                        "\"family\" : \"diffmm\"",
                        "\"created\" : \"20",
                        "\"settings\"",
                        "\"dataset\"",
                        "\"metrics\"",
                        "\"files\"",
                        "\"history_items.npy\"",
                        "\"weights.safetensors\"");
    }

    /// A changed manifest may have the same meaning (white space, an unknown field); a changed file is always refused.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void open_changedByte_isRefused(long seed) throws IOException {
        var random = new SplittableRandom(seed);
        Path file = randomFile(random);
        byte[] bytes = Files.readAllBytes(file);
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, bytes);

        if (file.endsWith("manifest.json")) {
            openOrRefuse();
        } else {
            assertRefused(file.getFileName().toString());
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void open_truncatedFile_isRefused(long seed) throws IOException {
        var random = new SplittableRandom(seed);
        Path file = randomFile(random);
        byte[] bytes = Files.readAllBytes(file);
        // the manifest is still valid without the newline at its end
        Files.write(file, Arrays.copyOf(bytes, random.nextInt(bytes.length - 1)));

        assertRefused(file.getFileName().toString());
    }

    /// Damage with matching digests is read or refused, and never ends in another exception.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void open_forgedByte_isReadOrRefused(long seed) throws IOException {
        var random = new SplittableRandom(seed);
        Path file = version.resolve(
                ArtifactNames.LISTED.get(random.nextInt(ArtifactNames.LISTED.size() - 1))); // all but the weights
        byte[] bytes = Files.readAllBytes(file);
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        forge(file, bytes);

        openOrRefuse();
    }

    @ParameterizedTest
    @MethodSource("listedFiles")
    void open_missingFile_isRefused(String file) throws IOException {
        Files.delete(version.resolve(file));

        assertRefused(file + ": missing");
    }

    static List<String> listedFiles() {
        return ArtifactNames.LISTED;
    }

    /// A link to itself fails as an unavailable volume does: the file exists, but cannot be read.
    @ParameterizedTest
    @ValueSource(strings = {"manifest.json", "weights.safetensors", "history_items.npy"})
    void open_unreadableFile_isNotInvalid(String name) throws IOException {
        Path file = version.resolve(name);
        Files.delete(file);
        Files.createSymbolicLink(file, file);

        assertThatThrownBy(() -> ArtifactReader.open(version))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(name);
    }

    @Test
    void open_missingVersion_isNotInvalid() throws IOException {
        FileOperations.deleteTree(version);

        assertThatThrownBy(() -> ArtifactReader.open(version))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(version.toString());
    }

    @Test
    void open_duplicateUsers_areNotNamed() throws IOException {
        Path users = version.resolve("users.json");
        forge(users, "[\"alice\", \"alice\"]".getBytes(StandardCharsets.UTF_8));

        assertRefused("users.json: id at row 1 duplicates that at row 0");
    }

    @Test
    void open_anIndexThatIsNotListed_isRefused() throws IOException {
        Files.write(version.resolve("index-ranking.graph"), new byte[] {1, 2, 3});

        assertRefused("index-ranking.graph: the manifest does not list it; remove it");
    }

    @Test
    void open_newerFormat_isRefusedWithTheRemedy() throws IOException {
        editManifest(json -> json.replace("\"formatVersion\" : 1", "\"formatVersion\" : 4"));

        assertRefused("format 4 is newer than this server reads (3); update the server");
    }

    @Test
    void open_membersThatShareAFile_areRefused() throws IOException {
        addMembers("diffmm", "diffmm-2");

        assertRefused("manifest.json: ");
        assertRefused("[weights.safetensors, weights-diffmm-2.safetensors, weights-diffmm-2.safetensors], are not");
    }

    @Test
    void open_secondModelOfAFamily_needsAFileOfItsOwn() throws IOException {
        addMembers("diffmm");

        assertRefused("manifest.json: does not list weights-diffmm-2.safetensors");
    }

    private void addMembers(String... families) throws IOException {
        assertThat(ArtifactReader.open(version).manifest().family()).isEqualTo("diffmm");
        String members = Stream.of(families)
                .map("{\"family\" : \"%s\", \"settings\" : {}}"::formatted)
                .collect(Collectors.joining(",", "[", "]"));
        editManifest(json -> json.replace("\"formatVersion\" : 1", "\"formatVersion\" : 3, \"members\" : " + members));
    }

    @ParameterizedTest
    @ValueSource(strings = {"99999999999999999999999", "0", "-1", "1.0", "1e999999999", "\"1\"", "true", "null", "[]"})
    void open_otherFormatVersion_isRefused(String format) throws IOException {
        editManifest(json -> json.replace("\"formatVersion\" : 1", "\"formatVersion\" : " + format));

        assertRefused("manifest.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[]", "null", "7", "{\"formatVersion\": 1}", "{\"a\": {\"b\": 1}}", "PK", "{}{}"})
    void open_foreignManifest_isRefused(String json) throws IOException {
        editManifest(_ -> json);

        assertRefused("manifest.json");
    }

    @Test
    void open_deeplyNestedManifest_isRefused() throws IOException {
        editManifest(_ -> "[".repeat(100_000));

        assertRefused("manifest.json");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"name\" : \"demo\"|\"name\" : 7",
                "\"name\" : \"demo\"|\"name\" : null",
                "\"name\" : \"demo\"|\"nom\" : \"demo\"",
                "\"name\" : \"demo\"|\"name\" : \"../demo\"",
                "\"name\" : \"demo\"|\"name\" : \"a\", \"name\" : \"b\"",
                "\"family\" : \"diffmm\"|\"family\" : [\"diffmm\"]",
                "\"created\" : \"|\"created\" : \"never",
                "\"users\" : 2|\"users\" : 1e999",
                "\"users\" : 2|\"users\" : 99999999999999999999",
                "\"users\" : 2|\"users\" : \"2\"",
                "\"users\" : 2|\"users\" : -2",
                "\"recall@20\" : 0.5|\"recall@20\" : 1e999",
                "\"recall@20\" : 0.5|\"recall@20\" : \"high\"",
                "\"recall@20\" : 0.5|\"recall@20\" : NaN",
                "\"steps\" : 5|\"steps\" : 1e999",
                "\"sha256\" : \"|\"sha256\" : \"zz",
                "\"users.json\"|\"../users.json\"",
                "\"users.json\"|\"/etc/passwd\"",
                "\"users.json\"|\"other.json\"",
            })
    void open_wrongField_isRefused(String from, String to) throws IOException {
        editManifest(json -> {
            assertThat(json).contains(from);
            return json.replace(from, to);
        });

        assertRefused("manifest.json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"7", "{}", "{\"passed\": true}", "[]", "{\"passed\": 1, \"forced\": false, \"reasons\": []}"})
    void open_wrongGate_isRefused(String gate) throws IOException {
        editManifest(json -> json.replace("\"formatVersion\" : 1", "\"formatVersion\" : 1, \"gate\": " + gate));

        assertRefused("manifest.json");
    }

    @Test
    void open_unknownField_isIgnored() throws IOException {
        editManifest(json -> json.replace("\"formatVersion\" : 1", "\"formatVersion\" : 1, \"later\" : {}"));

        assertThat(ArtifactReader.open(version).manifest().name()).isEqualTo("demo");
    }

    @Test
    void open_forgedLength_isRefusedWithoutAllocatingIt() throws IOException {
        Path file = version.resolve("history_items.npy");
        String forged = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                .replace("(3,), }         ", "(2147483639,), }");
        forge(file, forged.getBytes(StandardCharsets.ISO_8859_1));

        assertRefused("its header declares 8589934");
    }

    @Test
    void open_contradictoryHistories_isRefused() throws IOException {
        Path offsets = version.resolve("history_offsets.npy");
        byte[] bytes = Files.readAllBytes(offsets);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length - 8, Integer.MAX_VALUE);
        forge(offsets, bytes);

        assertRefused("history_offsets.npy");
    }

    @Test
    void open_withoutTimes_hasNone() {
        ArtifactContents dated = Drafts.contents();
        ArtifactDraft plain = Drafts.named("undated");
        var contents =
                new ArtifactContents(dated.users(), dated.items(), dated.histories(), Optional.empty(), List.of());

        Path undated = new ArtifactStore(root)
                .publish(new ArtifactDraft(
                        "undated",
                        plain.model(),
                        plain.dataset(),
                        plain.metrics(),
                        Optional.empty(),
                        contents,
                        Map.of()));

        assertThat(ArtifactReader.open(undated).contents().times()).isEmpty();
        assertThat(ArtifactReader.open(undated).contents().probes()).isEmpty();
    }

    @Test
    void open_contradictoryTimes_isRefused() throws IOException {
        Path file = version.resolve("history_times.npy");
        forge(file, longs(3, 2, 1));
        assertRefused("history_times.npy: times fall within row 0");
        forge(file, longs(1, 2));
        assertRefused("history_times.npy: there are 2 times of 3 interactions");
        forge(file, "no array".getBytes(StandardCharsets.UTF_8));
        assertRefused("history_times.npy");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "7",
                "[7]",
                "[{}]",
                "[null]",
                "[{\"history\": [], \"items\": [], \"scores\": []}]",
                "[{\"history\": [\"v1\"], \"items\": [\"v2\"], \"scores\": []}]",
                "[{\"history\": [null], \"items\": [\"v2\"], \"scores\": [1]}]"
            })
    void open_wrongProbes_isRefused(String probes) throws IOException {
        forge(version.resolve("probes.json"), probes.getBytes(StandardCharsets.UTF_8));

        assertRefused("probes.json");
    }

    @Test
    void open_timesThatAreNotListed_isRefused() throws IOException {
        editManifest(json -> json.replaceFirst("\"history_times.npy\" : \\{[^}]*},", ""));

        assertRefused("history_times.npy: the manifest does not list it; remove it");
    }

    private byte[] longs(long... values) throws IOException {
        Path file = root.resolve("longs.npy");
        NpyFile.writeLongs(file, values);
        return Files.readAllBytes(file);
    }

    @Test
    void open_moreUsersThanHistories_isRefused() throws IOException {
        forge(version.resolve("users.json"), "[\"a\", \"b\", \"c\"]".getBytes(StandardCharsets.UTF_8));

        assertRefused("histories are 2 x 3, but there are 3 users and 3 items");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[\"a\", \"a\"]", "[\"a\", \"\"]", "[\"a\", null]", "[\"a\", 7]", "{}", "null", "[[]]"})
    void open_wrongUsers_isRefused(String users) throws IOException {
        forge(version.resolve("users.json"), users.getBytes(StandardCharsets.UTF_8));

        assertRefused("users.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[{}, {}, {}]", "[null]", "[{\"id\": 7}]", "[{\"id\": \"a\"}, {\"id\": \"a\"}]"})
    void open_wrongItems_isRefused(String items) throws IOException {
        forge(version.resolve("items.json"), items.getBytes(StandardCharsets.UTF_8));

        assertRefused("items.json");
    }

    @Test
    void open_linkOutOfTheDirectory_isRefused() throws IOException {
        Path outside = root.resolve("outside");
        Files.move(version.resolve("weights.safetensors"), outside);
        Files.createSymbolicLink(version.resolve("weights.safetensors"), outside);

        assertRefused("links to a place outside its directory");
    }

    @Test
    void open_directoryInPlaceOfAFile_isRefused() throws IOException {
        Files.delete(version.resolve("weights.safetensors"));
        Files.createDirectory(version.resolve("weights.safetensors"));

        assertRefused("not a regular file");
    }

    private void assertRefused(String reason) {
        assertThatThrownBy(() -> ArtifactReader.open(version))
                .isInstanceOf(InvalidArtifactException.class)
                .hasMessageContaining(reason);
    }

    private void openOrRefuse() {
        try {
            assertThat(ArtifactReader.open(version)).isNotNull();
        } catch (InvalidArtifactException e) {
            assertThat(e).hasMessageStartingWith(version.toString());
        }
    }

    private Path randomFile(SplittableRandom random) throws IOException {
        List<Path> files = FileOperations.children(version);
        return files.get(random.nextInt(files.size()));
    }

    private void editManifest(UnaryOperator<String> edit) throws IOException {
        Path file = version.resolve("manifest.json");
        Files.writeString(file, edit.apply(Files.readString(file)));
    }

    /// Replaces a file and its digest in the manifest.
    private void forge(Path file, byte[] bytes) throws IOException {
        FileEntry before = FileEntry.of(file);
        Files.write(file, bytes);
        FileEntry after = FileEntry.of(file);
        editManifest(json -> json.replace(before.sha256(), after.sha256())
                .replaceFirst(
                        "(\"%s\" : \\{\\s*\"bytes\" : )%d".formatted(file.getFileName(), before.bytes()),
                        "$1" + after.bytes()));
    }
}
