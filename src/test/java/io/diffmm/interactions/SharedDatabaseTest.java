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
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class SharedDatabaseTest {

    private final SharedDatabase replica = database();
    private final SharedDatabase other = database();
    private final List<String> received = new ArrayList<>();

    private static SharedDatabase database() {
        return new SharedDatabase(JdbcClient.create(new DriverManagerDataSource("jdbc:postgresql:unused")));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void messages_anyUsers_fitTheLimitAndDecode(long seed) {
        var random = new SplittableRandom(seed);
        List<String> users = IntStream.range(0, 1 + random.nextInt(3000))
                .mapToObj(number -> number + "映".repeat(random.nextInt(250)))
                .toList();

        List<String> messages = other.messages(Database.Change.HISTORY, users);

        assertThat(messages).allMatch(message -> message.getBytes(StandardCharsets.UTF_8).length < 8000);
        messages.forEach(this::receive);
        assertThat(received).isEqualTo(users);
    }

    private void receive(String message) {
        replica.dispatch(message, new InteractionsListener() {
            @Override
            public void changed(Collection<String> userIds) {
                received.addAll(userIds);
            }
        });
    }

    @Test
    void dispatch_ownMessage_isIgnored() {
        replica.messages(Database.Change.HISTORY, List.of("u1")).forEach(this::receive);

        assertThat(received).isEmpty();
    }

    /// The transaction of an erasure may be committed although it seemed to fail on this replica.
    @Test
    void dispatch_ownErasure_isNotIgnored() {
        replica.messages(Database.Change.ERASURE, List.of("u2")).forEach(this::receive);

        assertThat(received).contains("u2");
    }

    /// A transaction that seems to fail may be committed later.
    @Test
    void dispatch_ownMessageOfBeforeAFailure_isNotIgnored() {
        List<String> messages = replica.messages(Database.Change.HISTORY, List.of("u1"));

        replica.failed();
        messages.forEach(this::receive);
        replica.messages(Database.Change.HISTORY, List.of("u2")).forEach(this::receive);

        assertThat(received).containsExactly("u1");
    }

    @Test
    void dispatch_messageOfAnOperator_needsNoOrigin() {
        receive("HISTORY\nu1\nu2");

        assertThat(received).containsExactly("u1", "u2");
    }

    @Test
    void dispatch_unknownMessage_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> replica.dispatch("what\nu1", new InteractionsListener.Composite()));
    }
}
