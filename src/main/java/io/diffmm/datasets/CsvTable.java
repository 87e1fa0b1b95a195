package io.diffmm.datasets;

import static java.util.stream.Collectors.joining;

import io.diffmm.datasets.Table.RowVisitor;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/// A CSV file: comma, double quote, a header, UTF-8.
final class CsvTable implements FileTable {

    private final Path file;
    private final CsvForm form;

    private CsvTable(Path file, CsvForm form) {
        this.file = file;
        this.form = form;
    }

    static CsvTable open(Path file) {
        return new CsvTable(file, CsvScan.scan(file));
    }

    @Override
    public Path file() {
        return file;
    }

    @Override
    public List<String> columns() {
        return form.columns();
    }

    @Override
    public Timestamps timestamps() {
        return new TimestampParser();
    }

    @Override
    public void forEach(List<String> wanted, RowVisitor visitor) {
        List<String> values =
                wanted.stream().map(name -> "c" + columns().indexOf(name)).toList();
        long rows = DuckDb.forEach(this, values, source(), visitor);
        if (rows != form.rows()) {
            throw InvalidDatasetException.of(
                    file, "holds %d rows, but DuckDB reads %d of them".formatted(form.rows(), rows));
        }
    }

    @Override
    public InvalidDatasetException refusal(String cause) {
        return InvalidDatasetException.atLine(file, 1, cause);
    }

    @Override
    public InvalidDatasetException refusal(long row, String cause) {
        return InvalidDatasetException.atLine(file, CsvScan.lineOf(file, row), cause);
    }

    /// Leaves nothing for DuckDB to guess; columns go by number, so no name of the file enters the query.
    private String source() {
        return """
                read_csv(?, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"',
                new_line = '%s', compression = 'none', parallel = %s, columns = {%s})""".formatted(
                        form.lineEnd().escaped(),
                        !form.quotedLineEnds(),
                        IntStream.range(0, columns().size())
                                .mapToObj("'c%d': 'VARCHAR'"::formatted)
                                .collect(joining(", ")));
    }
}
