package io.diffmm.datasets;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// Reads histories against items that are known already, say those of a published model.
public final class HistoryReader {

    private HistoryReader() {}

    /// Reads an interactions file, or the `train` file of a folder; unknown items are left out and counted.
    ///
    /// @throws InvalidDatasetException if the file cannot be used
    public static Histories read(Path fileOrDirectory, ItemCatalogue items) {
        Path file = Files.isDirectory(fileOrDirectory) ? DatasetFiles.train(fileOrDirectory) : fileOrDirectory;
        UserRows read = UserRows.read(file, items::row);
        Map<String, int[]> byUser =
                LinkedHashMap.newLinkedHashMap(read.userIds().size());
        for (int user = 0; user < read.userIds().size(); user++) {
            byUser.put(read.userIds().get(user), read.rows().get(user));
        }
        return new Histories(byUser, read.duplicates(), read.leftOut());
    }
}
