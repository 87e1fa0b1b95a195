package io.diffmm.interactions;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/// PostgreSQL, which replicas share. They tell each other by `NOTIFY` whose histories have changed.
///
/// A message is a text of lines, which no id can have: what has changed, then the users. Whoever writes hears it as
/// well:
/// a write that seemed to fail may be committed after all.
final class SharedDatabase implements Database {

    static final String CHANNEL = "diffmm_interactions";

    /// PostgreSQL takes less than 8,000 bytes.
    private static final int LONGEST_MESSAGE = 7_900;

    private static final String END = "\n";

    private final JdbcClient jdbc;

    SharedDatabase(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public String insertedOf(String insert, String columns) {
        return "%s returning %s".formatted(insert, columns);
    }

    @Override
    public void announce(Change change, List<String> userIds) {
        for (String message : messages(change, userIds)) {
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
    static List<String> messages(Change change, List<String> userIds) {
        List<String> messages = new ArrayList<>();
        var message = new StringBuilder(change.name());
        int bytes = message.length();
        for (String user : userIds) {
            int more = END.length() + user.getBytes(StandardCharsets.UTF_8).length;
            if (bytes + more > LONGEST_MESSAGE) {
                messages.add(message.toString());
                message = new StringBuilder(change.name());
                bytes = message.length();
            }
            message.append(END).append(user);
            bytes += more;
        }
        messages.add(message.toString());
        return messages;
    }

    /// Tells a listener what a message says.
    ///
    /// @throws IllegalArgumentException if it is none of ours
    static void hear(String message, InteractionsListener listener) {
        List<String> lines = Arrays.asList(message.split(END, -1));
        List<String> users = lines.subList(1, lines.size());
        switch (Change.valueOf(lines.getFirst())) {
            case HISTORY -> listener.changed(users);
            case ERASURE -> {
                listener.erased(users);
                listener.changed(users);
            }
        }
    }
}
