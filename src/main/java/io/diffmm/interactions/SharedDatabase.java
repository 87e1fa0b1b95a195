package io.diffmm.interactions;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/// PostgreSQL, which replicas share. They tell each other by `NOTIFY` whose histories have changed.
///
/// A message is a text of lines, which no id can have: the replica that sends it, then the users.
final class SharedDatabase implements Database {

    static final String CHANNEL = "diffmm_interactions";

    /// PostgreSQL takes less than 8,000 bytes.
    private static final int LONGEST_MESSAGE = 7_900;

    private static final String END = "\n";

    private final JdbcClient jdbc;
    private final String replica = UUID.randomUUID().toString();

    SharedDatabase(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public String insertedOf(String insert, String columns) {
        return "%s returning %s".formatted(insert, columns);
    }

    @Override
    public void announce(List<String> userIds) {
        for (String message : messages(userIds)) {
            jdbc.sql("select pg_notify(:channel, :message)")
                    .param("channel", CHANNEL)
                    .param("message", message)
                    .query((_, _) -> true)
                    .list();
        }
    }

    /// PostgreSQL commits to the disk.
    @Override
    public void committed() {}

    /// The users in as few messages as hold them.
    List<String> messages(List<String> userIds) {
        List<String> messages = new ArrayList<>();
        var message = new StringBuilder(replica);
        int bytes = replica.length();
        for (String user : userIds) {
            int more = END.length() + user.getBytes(StandardCharsets.UTF_8).length;
            if (bytes + more > LONGEST_MESSAGE) {
                messages.add(message.toString());
                message = new StringBuilder(replica);
                bytes = replica.length();
            }
            message.append(END).append(user);
            bytes += more;
        }
        messages.add(message.toString());
        return messages;
    }

    /// The users of a message; nothing if this replica has sent it, and so knows.
    Optional<List<String>> othersUsers(String message) {
        List<String> lines = Arrays.asList(message.split(END, -1));
        return lines.getFirst().equals(replica) ? Optional.empty() : Optional.of(lines.subList(1, lines.size()));
    }
}
