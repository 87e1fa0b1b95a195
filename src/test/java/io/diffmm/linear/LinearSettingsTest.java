package io.diffmm.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.diffmm.model.SettingsMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearSettingsTest {

    @Test
    void defaults_areWrittenInKebabCase_andReadBack() {
        Map<String, Object> tree = SettingsMapper.write(LinearSettings.defaults());

        assertThat(tree)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "links", 200,
                        "walk-continuation", 0.85,
                        "walk-steps", 10,
                        "neighbours", 10,
                        "feature-share", 0.05,
                        "ridge-lambda", 20.0,
                        "closed-form-items", 10_000));
        assertThat(SettingsMapper.read(tree, LinearSettings.class)).isEqualTo(LinearSettings.defaults());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            links             | 0      | links is 0; need 1 to 10000
            links             | 10001  | links is 10001; need 1 to 10000
            walk-continuation | 0.0    | walk-continuation is 0.0; need 0 < value <= 1
            walk-continuation | 1.1    | walk-continuation is 1.1; need 0 < value <= 1
            walk-continuation | NaN    | walk-continuation is NaN; need 0 < value <= 1
            walk-steps        | 0      | walk-steps is 0; need 1 to 1000
            walk-steps        | 1001   | walk-steps is 1001; need 1 to 1000
            neighbours        | 0      | neighbours is 0; need 1 to 1000
            neighbours        | 1001   | neighbours is 1001; need 1 to 1000
            feature-share     | -0.1   | feature-share is -0.1; need 0 <= value < 1
            feature-share     | 1.0    | feature-share is 1.0; need 0 <= value < 1
            feature-share     | NaN    | feature-share is NaN; need 0 <= value < 1
            ridge-lambda      | 0.0    | ridge-lambda is 0.0; need a positive number
            ridge-lambda      | NaN    | ridge-lambda is NaN; need a positive number
            ridge-lambda      | Infinity | ridge-lambda is Infinity; need a positive number
            closed-form-items | -1     | closed-form-items is -1; need 0 to 50000
            closed-form-items | 50001  | closed-form-items is 50001; need 0 to 50000
            """)
    void settingOutOfRange_isRejectedByName(String name, String value, String message) {
        Map<String, Object> tree = new LinkedHashMap<>(SettingsMapper.write(LinearSettings.defaults()));
        Object number = tree.get(name) instanceof Integer ? (Object) Integer.valueOf(value) : Double.valueOf(value);
        tree.put(name, number);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> SettingsMapper.read(tree, LinearSettings.class))
                .withMessageContaining(message);
    }
}
