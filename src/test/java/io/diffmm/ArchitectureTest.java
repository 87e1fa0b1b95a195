package io.diffmm;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Holds the package table of the README: a package may use itself, the packages on its row, and libraries.
class ArchitectureTest {

    private static final Map<String, List<String>> MAY_USE = Map.ofEntries(
            Map.entry("api", List.of("recommendation", "interactions", "ranking")),
            Map.entry("recommendation", List.of("runtime", "interactions", "datasets", "ranking")),
            Map.entry("interactions", List.of("datasets")),
            Map.entry("ranking", List.of()),
            Map.entry("runtime", List.of("model", "retrieval", "ranking", "engine", "artifacts", "datasets")),
            // SyntheticModel, in a package of `model` for now, writes a model of `families`
            Map.entry("model", List.of("safetensors", "retrieval", "ranking", "engine", "datasets", "families")),
            Map.entry(
                    "families",
                    List.of(
                            "model",
                            "training",
                            "safetensors",
                            "diffusion",
                            "graph",
                            "retrieval",
                            "ranking",
                            "engine",
                            "datasets")),
            Map.entry("safetensors", List.of("engine")),
            Map.entry("retrieval", List.of("ranking", "engine")),
            Map.entry("engine", List.of()),
            Map.entry("diffusion", List.of("engine")),
            Map.entry("graph", List.of("engine", "datasets")),
            Map.entry("artifacts", List.of("datasets")),
            Map.entry("datasets", List.of()),
            Map.entry(
                    "training",
                    List.of("model", "safetensors", "engine", "ranking", "evaluation", "artifacts", "datasets")),
            Map.entry("evaluation", List.of("ranking", "datasets", "model")),
            Map.entry("observability", List.of("recommendation", "runtime", "interactions")),
            Map.entry(
                    "cli",
                    List.of(
                            "training",
                            "families",
                            "evaluation",
                            "runtime",
                            "retrieval",
                            "artifacts",
                            "datasets",
                            "model")));

    private static final Set<String> NUMERICAL =
            Set.of(
                    "model",
                    "families",
                    "safetensors",
                    "diffusion",
                    "graph",
                    "retrieval",
                    "engine",
                    "runtime",
                    "training",
                    "evaluation");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.diffmm");

    static Stream<String> packages() {
        return MAY_USE.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("packages")
    void package_usesOnlyItsRow(String name) {
        Set<String> forbidden = new TreeSet<>(MAY_USE.keySet());
        forbidden.removeAll(MAY_USE.get(name));
        forbidden.remove(name);

        check(noClasses()
                .that()
                .resideInAPackage(tree(name))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        Stream.concat(forbidden.stream().map(ArchitectureTest::tree), Stream.of("io.diffmm"))
                                .toArray(String[]::new)));
    }

    @Test
    void everyClass_standsInAPackageOfTheTable() {
        check(classes()
                .should()
                .resideInAnyPackage(Stream.concat(packages().map(ArchitectureTest::tree), Stream.of("io.diffmm"))
                        .toArray(String[]::new)));
    }

    @Test
    void rootPackage_holdsOnlyTheApplicationClass() {
        check(classes()
                .that()
                .resideInAPackage("io.diffmm")
                .should()
                .haveSimpleName("DiffMmServer")
                .orShould()
                .haveSimpleName("package-info"));
    }

    /// Serving loads the other classes of a family; [ServingClassesTest] observes it.
    @Test
    void families_onlyTrainersUseTraining() {
        check(noClasses()
                .that()
                .resideInAPackage(tree("families"))
                .and()
                .haveNameNotMatching(".*Train(er|edWeights)(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(tree("training")));
    }

    @Test
    void djl_appearsOnlyInNumericalPackages() {
        check(noClasses()
                .that(not(inPackages(NUMERICAL)))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.djl.."));
    }

    @Test
    void numericalPackages_knowNeitherSpringNorMicrometer() {
        check(noClasses()
                .that(inPackages(NUMERICAL))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework..", "io.micrometer.."));
    }

    @Test
    void packages_areFreeOfCycles() {
        check(SlicesRuleDefinition.slices()
                .matching("io.diffmm.(**)")
                .namingSlices("$1")
                .should()
                .beFreeOfCycles());
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(CLASSES);
    }

    private static com.tngtech.archunit.base.DescribedPredicate<JavaClass> inPackages(Set<String> names) {
        return resideInAnyPackage(names.stream().map(ArchitectureTest::tree).toArray(String[]::new));
    }

    private static String tree(String name) {
        return "io.diffmm." + name + "..";
    }
}
