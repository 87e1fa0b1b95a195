package io.diffmm.interactions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

class SharedDatabaseTest {

    private final SharedDatabase sender = new SharedDatabase(mock(JdbcClient.class));
    private final SharedDatabase receiver = new SharedDatabase(mock(JdbcClient.class));

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void messages_anyUsers_fitAndComeBack(long seed) {
        var random = new SplittableRandom(seed);
        List<String> users = IntStream.range(0, 1 + random.nextInt(3000))
                .mapToObj(number -> number + "映".repeat(random.nextInt(250)))
                .toList();

        List<String> messages = sender.messages(users);

        assertThat(messages).allMatch(message -> message.getBytes(StandardCharsets.UTF_8).length < 8000);
        List<String> heard = new ArrayList<>();
        messages.forEach(message -> heard.addAll(receiver.othersUsers(message).orElseThrow()));
        assertThat(heard).isEqualTo(users);
        assertThat(messages).allMatch(message -> sender.othersUsers(message).isEmpty());
    }
}
