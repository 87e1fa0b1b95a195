package io.diffmm.families;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.model.ModelFamily;
import io.diffmm.training.TrainerFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Completeness of registered families: both services, presets, search space, contract, chart and documentation.
class FamiliesTest {

    private static final Path PRESETS = Path.of("src/main/resources/presets");
    private static final Path CONTRACT = Path.of("src/test/resources/contract");
    private static final Path SCHEMA = Path.of("helm/diffmm-server/values.schema.json");
    private static final Path DOCUMENTATION = Path.of("docs/training.md");

    static List<String> families() {
        return TrainerFamily.all().stream().map(family -> family.name()).toList();
    }

    @Test
    void services_trainAndServeTheSameFamilies() {
        assertThat(ModelFamily.all().stream().map(family -> family.name())).containsExactlyElementsOf(families());
        assertThat(families()).doesNotHaveDuplicates();
        TrainerFamily.all()
                .forEach(trainer -> assertThat(trainer.model())
                        .isExactlyInstanceOf(ModelFamily.named(trainer.name()).getClass()));
    }

    @ParameterizedTest
    @MethodSource("families")
    void index_listsThePresetsOfTheFolder_andASearchSpace(String family) throws IOException {
        Map<String, Object> index = new YAMLMapper()
                .readValue(PRESETS.resolve(family).resolve("index.yaml"), new TypeReference<Map<String, Object>>() {});
        List<String> presets = TrainerFamily.named(family).presets();

        assertThat(index).containsOnlyKeys("presets", "search").containsEntry("presets", presets);
        assertThat(index.get("search"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .isNotEmpty();
        assertThat(presets).isNotEmpty().doesNotHaveDuplicates();
        assertThat(names(PRESETS.resolve(family)))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(presets.stream(), Stream.of("index"))
                        .map(name -> name + ".yaml")
                        .toList());
    }

    @Test
    void presets_areThereForNoOtherFamily() throws IOException {
        assertThat(names(PRESETS)).containsExactlyInAnyOrderElementsOf(families());
    }

    /// [FamilyContractTest] runs for every family with a folder, and fails if one is missing.
    @Test
    void contract_isThereForEveryFamily_andNoOther() throws IOException {
        assertThat(names(CONTRACT)).containsExactlyInAnyOrderElementsOf(families());
        for (String family : families()) {
            assertThat(names(CONTRACT.resolve(family))).isNotEmpty().allMatch(name -> name.endsWith(".yaml"));
        }
    }

    @Test
    void chart_listsEveryFamily_andNoOther() {
        JsonNode models = new JsonMapper().readTree(SCHEMA).at("/properties/training/properties/model/enum");

        assertThat(models.valueStream().map(JsonNode::asString)).containsExactlyElementsOf(families());
    }

    @Test
    void documentation_hasARowForEveryFamily_andNoOther() throws IOException {
        String text = Files.readString(DOCUMENTATION);
        int start = text.indexOf("\n## Model families\n");
        assertThat(start).isNotNegative();
        String section = text.substring(start + 1, text.indexOf("\n## ", start + 1));

        assertThat(Pattern.compile("(?m)^\\| `([a-z][a-z\\d-]*)` \\|")
                        .matcher(section)
                        .results()
                        .map(FamiliesTest::first))
                .containsExactlyElementsOf(families());
    }

    private static String first(MatchResult row) {
        return row.group(1);
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }
}
