package io.diffmm.interactions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedDatabaseTest {

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void messages_anyUsers_fitTheLimitAndDecode(long seed) {
        var random = new SplittableRandom(seed);
        List<String> users = IntStream.range(0, 1 + random.nextInt(3000))
                .mapToObj(number -> number + "映".repeat(random.nextInt(250)))
                .toList();

        List<String> messages = SharedDatabase.messages(Database.Change.HISTORY, users);

        assertThat(messages).allMatch(message -> message.getBytes(StandardCharsets.UTF_8).length < 8000);
        List<String> received = new ArrayList<>();
        messages.forEach(message -> SharedDatabase.dispatch(message, new InteractionsListener() {
            @Override
            public void changed(Collection<String> userIds) {
                received.addAll(userIds);
            }
        }));
        assertThat(received).isEqualTo(users);
    }

    @Test
    void dispatch_unknownMessage_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SharedDatabase.dispatch("what\nu1", new InteractionsListener.Composite()));
    }
}
