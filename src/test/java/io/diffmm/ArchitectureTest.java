package io.diffmm;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Holds the package table of `docs/architecture.md`: a package may use itself, the packages in its row, and libraries.
class ArchitectureTest {

    private static final Pattern ROW = Pattern.compile("\\| `([a-z.]+)` \\|[^|]+\\|([^|]*)\\|");

    /// Permitted dependencies of each package with a row.
    private static final Map<String, List<String>> MAY_USE = table();

    private static final Set<String> NUMERICAL = Set.of(
            "model",
            "families",
            "linear",
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
                .that(belongTo(name))
                .should()
                .dependOnClassesThat(forbidden.stream()
                        .map(ArchitectureTest::belongTo)
                        .reduce(resideInAPackage("io.diffmm"), (one, other) -> one.or(other))));
    }

    @ParameterizedTest
    @MethodSource("packages")
    void row_namesPackagesThatExist(String name) {
        assertThat(MAY_USE.keySet()).containsAll(MAY_USE.get(name));
        assertThat(CLASSES.stream().anyMatch(belongTo(name))).as(name).isTrue();
    }

    @Test
    void everyClass_belongsToAPackageOfTheTable() {
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

    private static DescribedPredicate<JavaClass> inPackages(Set<String> names) {
        return resideInAnyPackage(names.stream().map(ArchitectureTest::tree).toArray(String[]::new));
    }

    /// Classes of a row: those of the package and of its subpackages without a row.
    private static DescribedPredicate<JavaClass> belongTo(String name) {
        return MAY_USE.keySet().stream()
                .filter(other -> other.startsWith(name + "."))
                .map(other -> not(resideInAPackage(tree(other))))
                .reduce(resideInAPackage(tree(name)), (one, other) -> one.and(other));
    }

    private static String tree(String name) {
        return "io.diffmm." + name + "..";
    }

    private static Map<String, List<String>> table() {
        try (Stream<String> lines = Files.lines(Path.of("docs/architecture.md"))) {
            Map<String, List<String>> table = new TreeMap<>();
            lines.map(ROW::matcher)
                    .filter(Matcher::matches)
                    .forEach(row -> table.put(
                            row.group(1),
                            Arrays.stream(row.group(2).strip().split(", "))
                                    .filter(used -> !used.isEmpty())
                                    .toList()));
            return table;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
