package io.diffmm.datasets;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;

/// Reads held-out interactions against users and items that are known already.
public final class HeldOutReader {

    private HeldOutReader() {}

    /// Reads `file`, CSV or Parquet.
    ///
    /// Interactions with unknown items are left out and counted; so are duplicates. Users that `userRow` does
    /// not know are kept, without a row.
    ///
    /// @throws InvalidDatasetException if the file cannot be used
    public static HeldOut read(Path file, Function<String, OptionalInt> userRow, ItemCatalogue items) {
        UserRows read = UserRows.read(file, items::row);
        List<HeldOutUser> users = new ArrayList<>();
        for (int user = 0; user < read.userIds().size(); user++) {
            String id = read.userIds().get(user);
            users.add(new HeldOutUser(userRow.apply(id), id, read.rows().get(user)));
        }
        return new HeldOut(users, read.duplicates(), read.leftOut(), 0);
    }
}
