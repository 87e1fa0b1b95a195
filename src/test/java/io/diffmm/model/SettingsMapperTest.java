package io.diffmm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.dataformat.yaml.YAMLMapper;

class SettingsMapperTest {

    private static final YAMLMapper YAML = new YAMLMapper();

    record Inner(int batchSize, double rate) {}

    enum Colour {
        RED,
        DARK_GREEN
    }

    record Outer(
            String name,
            Inner inner,
            Colour colour,
            boolean dry,
            long seed,
            List<Integer> widths,
            Map<String, Inner> parts,
            Optional<Inner> extra,
            Optional<Double> offset) {

        Outer {
            widths = List.copyOf(widths);
        }
    }

    private static final String COMPLETE =
            "{name: a, inner: {batch-size: 3, rate: 0.5}, colour: red, dry: true, seed: 7, widths: [4, 5], parts: {first: {batch-size: 1, rate: 1}}, extra: null, offset: null}";

    @Test
    void read_resultOfWrite_isEqual() {
        Outer settings = new Outer(
                "a",
                new Inner(3, .5),
                Colour.DARK_GREEN,
                true,
                7,
                List.of(4, 5),
                Map.of("first", new Inner(1, 1)),
                Optional.of(new Inner(2, 2)),
                Optional.empty());

        assertThat(SettingsMapper.read(SettingsMapper.write(settings), Outer.class))
                .isEqualTo(settings);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "name:                    | name is missing; set it",
                "inner:                   | inner is missing; set it",
                "inner: {rate: 1}         | inner.batch-size is missing; set it",
                "colour:                  | colour is missing; set it",
                "widths: [1, null]        | widths[1] is missing; set it",
                "parts: {b: {rate: 1}}    | parts.b.batch-size is missing; set it",
                "extra: {batch-size: 1}   | extra.rate is missing; set it",
                "nam: b                   | unknown setting 'nam'; settings at this level: [name, inner, colour, dry, seed, widths, parts, extra, offset]",
                "inner: {batch-sise: 1}   | unknown setting 'inner.batch-sise'; settings at this level: [batch-size, rate]",
                "extra: {x: 1}            | unknown setting 'extra.x'; settings at this level: [batch-size, rate]",
                "name: {a: 1}             | name is a section; need text",
                "name: [b]                | name is [b]; need text",
                "inner: 3                 | inner is 3; need a section",
                "inner: none              | inner is 'none'; need a section",
                "inner: {batch-size: x, rate: 1}   | inner.batch-size is 'x'; need an integer",
                "inner: {batch-size: 2.5, rate: 1} | inner.batch-size is 2.5; need an integer",
                "inner: {batch-size: {a: 1}, rate: 1}      | inner.batch-size is a section; need an integer",
                "inner: {batch-size: 99999999999, rate: 1} | inner.batch-size is 99999999999; need an integer of 32 bits",
                "inner: {batch-size: 1, rate: fast}        | inner.rate is 'fast'; need a number",
                "inner: {batch-size: 1, rate: true}        | inner.rate is true; need a number",
                "colour: gren             | colour is 'gren'; valid values: RED, DARK_GREEN",
                "colour: 0                | colour is 0; valid values: RED, DARK_GREEN",
                "colour: [red]            | colour is [red]; valid values: RED, DARK_GREEN",
                "dry: 1                   | dry is 1; need true or false",
                "seed: x                  | seed is 'x'; need an integer",
                "widths: 4                | widths is 4; need a list",
                "widths: {a: 1}           | widths is a section; need a list",
                "widths: [4, x]           | widths[1] is 'x'; need an integer",
                "parts: [1]               | parts is [1]; need a section",
                "parts: {b: 1}            | parts.b is 1; need a section",
                "extra: off               | extra is 'off'; need a section, or none",
                "extra: 3                 | extra is 3; need a section, or none",
                "offset: x                | offset is 'x'; need a number"
            })
    void read_aFlaw_isNamedWithItsRemedy(String changes, String message) {
        Map<String, Object> tree = new LinkedHashMap<>(parse(COMPLETE));
        tree.putAll(parse(changes));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> SettingsMapper.read(tree, Outer.class))
                .withMessage("settings: " + message);
    }

    @Test
    void read_withoutASetting_namesIt() {
        for (String name : List.of("name", "inner", "colour", "dry", "seed", "widths", "parts", "extra")) {
            Map<String, Object> tree = new LinkedHashMap<>(parse(COMPLETE));
            tree.remove(name);

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> SettingsMapper.read(tree, Outer.class))
                    .withMessage("settings: %s is missing; set it".formatted(name));
        }
        assertThat(SettingsMapper.read(parse(COMPLETE), Outer.class).extra()).isEmpty();
    }

    private static Map<String, Object> parse(String yaml) {
        return YAML.readValue(yaml, new TypeReference<>() {});
    }
}
