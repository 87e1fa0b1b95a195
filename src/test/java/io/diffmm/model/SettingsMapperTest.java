package io.diffmm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsMapperTest {

    record Inner(int batchSize, double rate) {}

    enum Colour {
        RED,
        DARK_GREEN
    }

    record Choice(Colour colour) {}

    record Outer(String name, Inner inner) {}

    @Test
    void read_resultOfWrite_isEqual() {
        Outer settings = new Outer("a", new Inner(3, .5));

        assertThat(SettingsMapper.read(SettingsMapper.write(settings), Outer.class))
                .isEqualTo(settings);
    }

    @Test
    void read_withoutASetting_namesIt() {
        assertRefused(Map.of("inner", Map.of("batch-size", 3, "rate", 1)), "'name' is required");
        assertRefused(Map.of("name", "a", "inner", Map.of("rate", 1)), "'inner.batch-size' is required");
    }

    @Test
    void read_anUnknownSetting_namesItAndItsNeighbours() {
        assertRefused(
                Map.of("name", "a", "inner", Map.of("batch-sise", 3, "rate", 1)),
                "unknown setting 'inner.batch-sise'; settings at this level: [batch-size, rate]");
    }

    @Test
    void read_aValueOfAnotherType_namesTheSetting() {
        assertRefused(Map.of("name", "a", "inner", Map.of("batch-size", "x", "rate", 1)), "inner.batch-size: ");
    }

    @Test
    void read_anUnknownName_listsThoseThatAreKnown() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SettingsMapper.read(Map.of("colour", "gren"), Choice.class))
                .withMessageContaining("colour is 'gren'; valid values: ");
    }

    private static void assertRefused(Map<String, Object> tree, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SettingsMapper.read(tree, Outer.class))
                .withMessageContaining(message);
    }
}
