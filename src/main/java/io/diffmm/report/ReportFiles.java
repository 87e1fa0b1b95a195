package io.diffmm.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Writes a report, for programs and for people.
public final class ReportFiles {

    /// For programs.
    public static final String JSON = "report.json";

    /// For people.
    public static final String PAGE = "report.html";

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private ReportFiles() {}

    /// Writes `report.json`.
    public static void writeJson(TrainingReport report, Path file) throws IOException {
        Files.writeString(file, MAPPER.writeValueAsString(report) + '\n');
    }

    /// Writes `report.html`.
    public static void writePage(TrainingReport report, Path file) throws IOException {
        Files.writeString(file, ReportPage.of(report));
    }
}
